//! The binary format of WebAssembly, as far as taking out what a browser does not need.

use anyhow::{Context as _, Result, ensure};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM_SECTION: u8 = 0;

/// The bits that one byte of a LEB128 number carries, and the most that a 32-bit one may have.
const LEB_BITS: u32 = 7;
const LEB_BITS_MAX: u32 = 35;

/// A shorter name could be found by chance.
const HIDDEN_BYTES_MIN: usize = 5;

/// The module without its custom sections (names of functions, producers): none of them changes what it does.
///
/// # Errors
///
/// When the bytes are not a whole module.
pub(crate) fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    let mut rest = module.strip_prefix(HEADER).context("it does not begin like one")?;
    let mut lean = HEADER.to_vec();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = length(after_id)?;
        let (_, next) = body.split_at_checked(length).context("a section is cut off")?;
        let (section, _) = rest.split_at(rest.len() - next.len());
        if id != CUSTOM_SECTION {
            lean.extend_from_slice(section);
        }
        rest = next;
    }
    Ok(lean)
}

/// Writes dots over a folder's name wherever it stands: panics name the files of dependencies by their full path, which
/// is nobody's business who opens the page. All lengths stay, so the module stays valid.
pub(crate) fn hide(module: &mut [u8], folder: &str) {
    let name = folder.as_bytes();
    if name.len() < HIDDEN_BYTES_MIN {
        return;
    }
    let mut from = 0;
    while let Some(place) = place_of(module.get(from..).unwrap_or_default(), name) {
        let end = from + place + name.len();
        module.get_mut(from + place..end).unwrap_or_default().fill(b'.');
        from = end;
    }
}

fn place_of(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// An unsigned LEB128 number, and what follows it.
fn length(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value: u64 = 0;
    let mut shift = 0;
    let mut rest = bytes;
    loop {
        let (&byte, next) = rest.split_first().context("a length is cut off")?;
        ensure!(shift < LEB_BITS_MAX, "a length has too many bytes");
        value |= u64::from(byte & 0x7f) << shift;
        shift += LEB_BITS;
        rest = next;
        if byte & 0x80 == 0 {
            return Ok((usize::try_from(value)?, rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER, hide, length, without_custom_sections};

    fn module(sections: &[&[u8]]) -> Vec<u8> {
        [HEADER, &sections.concat()].concat()
    }

    #[test]
    fn custom_sections_are_taken_out_and_all_others_kept() {
        let types: &[u8] = &[1, 2, 0xaa, 0xbb];
        let names: &[u8] = &[0, 3, 1, b'n', 0xcc];
        let code: &[u8] = &[10, 0x81, 0x00, 0xdd];
        assert_eq!(without_custom_sections(&module(&[types, names, code])).unwrap(), module(&[types, code]));
    }

    #[test]
    fn a_module_that_is_cut_off_is_refused() {
        assert!(without_custom_sections(&module(&[&[1, 9, 0]])).is_err());
        assert!(without_custom_sections(b"not wasm").is_err());
    }

    #[test]
    fn a_folder_is_hidden_wherever_it_stands_and_nothing_moves() {
        let mut module = b"a/home/me/b.rs, /home/me/c.rs, /home/you".to_vec();
        hide(&mut module, "/home/me");
        assert_eq!(module, b"a......../b.rs, ......../c.rs, /home/you");
        hide(&mut module, "/");
        assert_eq!(module, b"a......../b.rs, ......../c.rs, /home/you");
    }

    #[test]
    fn lengths_may_take_several_bytes() {
        assert_eq!(length(&[0xe5, 0x8e, 0x26, 7]).unwrap(), (624_485, &[7][..]));
        assert!(length(&[0xff; 6]).is_err());
    }
}
