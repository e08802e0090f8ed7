/// The commands of an account, as the form offers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Deposit,
    Withdraw,
    Transfer,
    Interest,
    Fee,
    Overdraft,
    Close,
}

impl Kind {
    /// What is done every day, side by side at the top.
    pub(super) const DAILY: [Self; 5] = [Self::Deposit, Self::Withdraw, Self::Transfer, Self::Interest, Self::Fee];
    /// What is done seldom, beneath the fields.
    pub(super) const SELDOM: [Self; 2] = [Self::Overdraft, Self::Close];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Deposit => "Deposit",
            Self::Withdraw => "Withdraw",
            Self::Transfer => "Transfer",
            Self::Interest => "Interest",
            Self::Fee => "Fee",
            Self::Overdraft => "Overdraft",
            Self::Close => "Close",
        }
    }

    /// What the button says that sends it.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Deposit => "Deposit",
            Self::Withdraw => "Withdraw",
            Self::Transfer => "Transfer",
            Self::Interest => "Post interest",
            Self::Fee => "Charge fee",
            Self::Overdraft => "Set limit",
            Self::Close => "Close account",
        }
    }

    /// What the extra text field is called, where there is one.
    pub(super) fn extra(self) -> Option<&'static str> {
        match self {
            Self::Deposit => Some("Source"),
            Self::Withdraw => Some("Place"),
            Self::Transfer => Some("To account"),
            Self::Fee => Some("Fee for"),
            Self::Interest | Self::Overdraft | Self::Close => None,
        }
    }

    /// Whether a sum is typed.
    pub(super) fn has_amount(self) -> bool {
        !matches!(self, Self::Interest | Self::Close)
    }
}
