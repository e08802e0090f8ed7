//! Drawing on a canvas: sizes, colours from the tokens, hatching, time ticks.
