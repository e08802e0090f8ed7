//! JSON for the eye: a line for each member, keys and numbers marked, every literal as it is written.

use leptos::prelude::*;
use serde_json::Value;

/// A text of JSON, shown as text and never as markup.
#[component]
pub(crate) fn Json(
    /// The JSON.
    #[prop(into)]
    text: Signal<String>,
    /// What it is.
    label: &'static str,
) -> impl IntoView {
    let part = |(class, text): (&'static str, String)| match class {
        "" => text.into_any(),
        class => view! { <span class=class>{text}</span> }.into_any(),
    };
    view! {
        <pre class="code" tabindex="0" role="region" aria-label=label>
            {move || text.with(|text| tokens(text)).into_iter().map(part).collect_view()}
        </pre>
    }
}

/// A text as JSON.
pub(crate) fn text_of(text: &str) -> String {
    Value::from(text).to_string()
}

/// The parts of a JSON text with their classes: `k` a key, `s` a text, `n` a number, none for the rest. The members of
/// the outermost object stand on lines of their own, what is within them beside each other.
fn tokens(json: &str) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let mut plain = String::new();
    let (mut rest, mut depth) = (json.trim(), 0usize);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '-' | '0'..='9' => {
                rest.find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')).unwrap_or(rest.len())
            }
            other => other.len_utf8(),
        };
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after.trim_start();
        let class = match first {
            '"' if rest.starts_with(':') => "k",
            '"' => "s",
            '-' | '0'..='9' => "n",
            _ => "",
        };
        if class.is_empty() {
            let closes = matches!(rest.chars().next(), Some('}' | ']'));
            match first {
                '{' | '[' if closes => plain.push(first),
                '{' | '[' => {
                    depth += 1;
                    plain.push(first);
                    part_from(&mut plain, depth, depth);
                }
                '}' | ']' if plain.ends_with(['{', '[']) => plain.push(first),
                '}' | ']' => {
                    part_from(&mut plain, depth, depth.saturating_sub(1));
                    depth = depth.saturating_sub(1);
                    plain.push(first);
                }
                ',' => {
                    plain.push(first);
                    part_from(&mut plain, depth, depth);
                }
                ':' => plain.push_str(": "),
                other if other.is_whitespace() => {}
                other => plain.push(other),
            }
        } else {
            if !plain.is_empty() {
                out.push(("", std::mem::take(&mut plain)));
            }
            out.push((class, part.to_owned()));
        }
    }
    if !plain.is_empty() {
        out.push(("", plain));
    }
    out
}

/// How many bytes a text in quotes at the beginning is long, quotes counted.
fn text_length(json: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    json.len()
}

/// Parts what is `depth` deep from what follows: by a line that begins `indent` deep, or by a blank.
fn part_from(out: &mut String, depth: usize, indent: usize) {
    if depth > 1 {
        return out.push(' ');
    }
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
}
