//! The attributes of an event that mean something here: those of its envelope in the order in which they are written,
//! then the others.

macro_rules! attributes {
    ($($attribute:ident $name:literal),* $(,)?) => {
        /// An attribute that means something here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Attribute {
            $($attribute),*
        }

        impl Attribute {
            /// How many there are.
            pub(super) const COUNT: usize = [$($name),*].len();

            /// All of them.
            pub(super) const ALL: [Self; Self::COUNT] = [$(Self::$attribute),*];

            const NAMES: [&str; Self::COUNT] = [$($name),*];
        }
    };
}

attributes! {
    SpecVersion "specversion",
    Id "id",
    Source "source",
    Type "type",
    Subject "subject",
    Time "time",
    DataContentType "datacontenttype",
    SchemaVersion "schemaversion",
    Actor "actor",
    Reason "reason",
    CorrelationId "correlationid",
    CausationId "causationid",
    Data "data",
    DataBase64 "data_base64",
    RecordedTime "recordedtime",
    Sequence "sequence",
    StreamVersion "streamversion",
    AnnalsRecorded "annalsrecorded",
    AnnalsSequence "annalssequence",
    AnnalsVersion "annalsversion",
    AnnalsOccurred "annalsoccurred",
    // No attribute is called so: see the module above.
    Absent "-",
}

impl Attribute {
    /// What is written from the envelope, in the order it is written.
    pub(super) const ENVELOPE: [Self; 13] = [
        Self::SpecVersion,
        Self::Id,
        Self::Source,
        Self::Type,
        Self::Subject,
        Self::Time,
        Self::DataContentType,
        Self::SchemaVersion,
        Self::Actor,
        Self::Reason,
        Self::CorrelationId,
        Self::CausationId,
        Self::Data,
    ];

    /// Its name in JSON.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES.get(self as usize).copied().unwrap_or_default()
    }

    /// The one of this name. It is looked for from `first` on, and then from the start: most come in this order.
    pub(super) fn named(name: &str, first: usize) -> Option<Self> {
        let (before, after) = Self::NAMES.split_at_checked(first).unwrap_or_default();
        let place = match place_in(after, name) {
            Some(place) => before.len() + place,
            None => place_in(before, name)?,
        };
        Self::ALL.get(place).copied()
    }

    /// Whether it is what we add to foreign events, and take off them again.
    pub(super) fn is_added(self) -> bool {
        matches!(self, Self::AnnalsRecorded | Self::AnnalsSequence | Self::AnnalsVersion | Self::AnnalsOccurred)
    }

    /// Whether an event of ours need not have it to be the same event.
    pub(super) fn is_forgiven(self) -> bool {
        matches!(self, Self::Subject | Self::DataContentType | Self::SchemaVersion)
    }

    /// Whether it is written of our events beside the envelope: it is made anew whenever they are written.
    pub(super) fn is_made_anew(self) -> bool {
        matches!(self, Self::RecordedTime | Self::Sequence | Self::StreamVersion)
    }
}

fn place_in(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|other| other.len() == name.len() && *other == name)
}
