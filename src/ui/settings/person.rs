use crate::{
    store::{Theme, ZoneChoice},
    ui::session::Session,
};
use leptos::prelude::*;

/// Who writes, and how things are shown to them.
#[component]
pub fn Person(session: Session) -> impl IntoView {
    let preferences = session.preferences;
    let rename = move |event| {
        let name = event_target_value(&event);
        preferences.update(|preferences| name.trim().clone_into(&mut preferences.actor));
        session.save_preferences();
    };
    view! {
        <section class="set" aria-labelledby="set-person">
            <h2 id="set-person">"Who I am"</h2>
            <div class="row">
                <label class="fld">
                    <span>"Name"</span>
                    <input
                        class="in"
                        autocomplete="name"
                        maxlength="200"
                        prop:value=move || preferences.with(|preferences| preferences.actor.clone())
                        on:change=rename
                    />
                </label>
            </div>
            <p class="sub">"New events carry this name: it answers who did it. Events that are there keep theirs."</p>
        </section>
        <section class="set" aria-labelledby="set-look">
            <h2 id="set-look">"How it looks"</h2>
            <div class="row">
                <Choices
                    legend="Theme"
                    name="theme"
                    choices=[("As the system", Theme::System), ("Light", Theme::Light), ("Dark", Theme::Dark)]
                    chosen=Signal::derive(move || preferences.with(|preferences| preferences.theme))
                    on_choose=move |theme| {
                        preferences.update(|preferences| preferences.theme = theme);
                        session.save_preferences();
                    }
                />
                <Choices
                    legend="Time zone"
                    name="zone"
                    choices=[("Local", ZoneChoice::Local), ("UTC", ZoneChoice::Utc)]
                    chosen=Signal::derive(move || preferences.with(|preferences| preferences.zone))
                    on_choose=move |zone| {
                        preferences.update(|preferences| preferences.zone = zone);
                        session.save_preferences();
                    }
                />
            </div>
        </section>
    }
}

/// One of a few, as radio buttons side by side.
#[component]
fn Choices<T: Copy + PartialEq + Send + Sync + 'static, const N: usize>(
    /// What is chosen.
    legend: &'static str,
    /// The name that joins the buttons.
    name: &'static str,
    /// What can be chosen.
    choices: [(&'static str, T); N],
    /// What is chosen now.
    #[prop(into)]
    chosen: Signal<T>,
    /// Called with another one.
    #[prop(into)]
    on_choose: Callback<T>,
) -> impl IntoView {
    view! {
        <fieldset class="fld">
            <legend>{legend}</legend>
            <div class="seg">
                {choices
                    .map(|(text, choice)| {
                        view! {
                            <label>
                                <input
                                    type="radio"
                                    name=name
                                    prop:checked=move || chosen.get() == choice
                                    on:change=move |_| on_choose.run(choice)
                                />
                                {text}
                            </label>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </div>
        </fieldset>
    }
}
