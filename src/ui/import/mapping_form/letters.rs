use super::{Form, options};
use crate::{
    app::files::csv_import::{About, Encoding},
    ui::import::choice::Choice,
};
use leptos::prelude::*;

/// How the letters are encoded.
#[component]
pub fn LettersField(form: Form) -> impl IntoView {
    let encodings = [("utf-8", "UTF-8"), ("windows-1252", "Windows-1252")];
    let value = form.get(|mapping| {
        match mapping.dialect.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
        }
        .to_owned()
    });
    let choose = move |value: String| {
        form.job.choose_letters(if value == "utf-8" { Encoding::Utf8 } else { Encoding::Windows1252 });
    };
    view! {
        <Choice label="Letters" options=options(encodings) value on_choose=choose doubt=form.doubt(About::Letters) />
    }
}
