use crate::{
    app::format,
    ui::{
        backend,
        session::{Phase, Session},
    },
};
use leptos::prelude::*;

/// How far long work has come, in words and numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Work {
    /// What is being done, to what, up to where: `Event 412,000 of 1,056,320, at 2023-08-03.`
    pub(crate) text: String,
    /// How much of it is done, from 0 to 1; `None` while nobody knows.
    pub(crate) share: Option<f64>,
    /// How many are done, for the rate.
    pub(crate) count: u32,
}

/// What the page shows while it opens a ledger or writes many events. Make it once for both phases: it measures the
/// rate from when it was made.
#[component]
pub fn WorkPane(
    /// Its phase says what is done, and its `cancel` stops it.
    session: Session,
) -> impl IntoView {
    view! {
        <section class="screen msg" aria-label="Long work" data-testid="work">
            <OpeningMeter session />
        </section>
    }
}

/// How far the work of the session's phase has come.
#[component]
pub fn OpeningMeter(
    /// Its phase says what is done, and its `cancel` stops it.
    session: Session,
) -> impl IntoView {
    let title = Memo::new(move |_| {
        session.phase.with(|phase| match phase {
            Phase::Opening(_) => match session.current.get() {
                Some(info) => format!("Opening {}", info.name),
                None => "Opening the ledger".to_owned(),
            },
            Phase::Reading(_) => "Reading what happened".to_owned(),
            Phase::Working(title, _) => title.clone(),
            Phase::Ready | Phase::Failed(_) => String::new(),
        })
    });
    let work = Memo::new(move |_| {
        let (verb, progress) = session.phase.with(|phase| match phase {
            Phase::Opening(progress) | Phase::Reading(progress) => ("Folding event", *progress),
            Phase::Working(_, progress) => ("Event", *progress),
            Phase::Ready | Phase::Failed(_) => ("", crate::app::Progress::default()),
        });
        if progress.total == 0 {
            return Work::default();
        }
        let (done, total) = (format::int(progress.done), format::int(progress.total));
        let at = progress.reached.map(|at| format!(", at {}", format::date(at, session.zone.get())));
        let text = format!("{verb} {done} of {total}{}.", at.unwrap_or_default());
        Work { text, share: Some(share(progress.done.into(), progress.total.into())), count: progress.done }
    });
    let can_cancel = Memo::new(move |_| session.phase.with(|phase| matches!(phase, Phase::Working(..))));
    view! { <WorkMeter title work unit="events" can_cancel on_cancel=move || session.cancel() /> }
}

/// A title, how far it has come, a meter, the rate, the time left and the way out.
#[component]
pub fn WorkMeter(
    /// What is done.
    #[prop(into)]
    title: Signal<String>,
    /// How far it has come.
    #[prop(into)]
    work: Signal<Work>,
    /// What is counted: `events`, `rows`.
    unit: &'static str,
    /// Whether it can be cancelled now.
    #[prop(into)]
    can_cancel: Signal<bool>,
    /// Called when it is to stop.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let pace = Memo::new(move |before: Option<&Pace>| {
        let title = title.get();
        match before {
            Some(pace) if pace.title == title => pace.clone(),
            // What was done before anybody looked does not count.
            Some(_) | None => Pace { title, since: backend::performance_now(), from: work.get_untracked() },
        }
    });
    let percent = move || work.with(|work| work.share.map(|share| format!("{:.0}", share * 100.0)));
    let outlook = move || work.with(|work| pace.with(|pace| pace.outlook(work, unit)));
    view! {
        <div class="work">
            <h2>{move || title.get()}</h2>
            <p class="what">{move || work.with(|work| work.text.clone())}</p>
            <div
                class="meter"
                role="progressbar"
                aria-label=move || title.get()
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent
                aria-valuetext=move || work.with(|work| work.text.clone())
            >
                <i style:width=move || percent().map_or_else(|| "0".to_owned(), |percent| format!("{percent}%"))></i>
            </div>
            <p class="sub">{outlook}</p>
            <Show when=move || can_cancel.get()>
                <p>
                    <button class="btn" type="button" on:click=move |_| on_cancel.run(())>
                        "Cancel"
                    </button>
                </p>
            </Show>
        </div>
    }
}

/// Which work it is, since when, and how far it had come by then.
#[derive(Clone, Debug, PartialEq)]
struct Pace {
    title: String,
    since: f64,
    from: Work,
}

/// Before that, in milliseconds, a rate is noise.
const TELLING_MILLIS: f64 = 250.0;

impl Pace {
    /// `412,000 events a second. About 2 seconds left.`
    fn outlook(&self, work: &Work, unit: &str) -> String {
        let elapsed = backend::performance_now() - self.since;
        let Some(share) = work.share.filter(|_| elapsed > TELLING_MILLIS) else { return String::new() };
        let done = share - self.from.share.unwrap_or_default();
        if done <= 0.0 {
            return String::new();
        }
        let left = match whole((elapsed * (1.0 - share) / done / 1000.0).ceil()) {
            0 => String::new(),
            1 => " About 1 second left.".to_owned(),
            seconds @ 2..=90 => format!(" About {seconds} seconds left."),
            seconds => format!(" About {} minutes left.", format::int(seconds.div_ceil(60))),
        };
        let rate = whole(f64::from(work.count.saturating_sub(self.from.count)) / elapsed * 1000.0);
        format!("{} {unit} a second.{left}", format::int(rate))
    }
}

/// Which part of a whole is done.
pub(crate) fn share(done: f64, total: f64) -> f64 {
    if total > 0.0 { (done / total).clamp(0.0, 1.0) } else { 0.0 }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates; it is for reading")]
fn whole(number: f64) -> u64 {
    number as u64
}

/// A number of bytes for people: `812 bytes`, `3.4 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)];
    match UNITS.into_iter().find(|(_, size)| count >= *size) {
        Some((unit, size)) => {
            let tenths = u128::from(count) * 10 / u128::from(size);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{count} bytes"),
    }
}
