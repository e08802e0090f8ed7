//! Transfers: one commit over two streams, both or neither.

use super::{Account, AccountCommand, AccountEvent, AccountState, Money, Refusal};
use crate::kernel::{Aggregate as _, Label};

/// Why a transfer is refused, and by which side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferRefusal {
    /// From an account to itself.
    #[error("the two accounts are the same")]
    SameAccount,
    /// The account it comes from refuses.
    #[error("{account}: {refusal}")]
    Sender {
        /// The account's number.
        account: Label,
        /// Why.
        refusal: Refusal,
    },
    /// The account it goes to refuses.
    #[error("{account}: {refusal}")]
    Receiver {
        /// The account's number.
        account: Label,
        /// Why.
        refusal: Refusal,
    },
}

/// Decides a transfer: the events of the sender's stream and those of the receiver's.
///
/// # Errors
/// [`TransferRefusal`] when either side refuses.
pub fn transfer(
    (from, sender): (&Label, &AccountState),
    (to, receiver): (&Label, &AccountState),
    amount: Money,
) -> Result<(Vec<AccountEvent>, Vec<AccountEvent>), TransferRefusal> {
    if from == to {
        return Err(TransferRefusal::SameAccount);
    }
    let sent = Account::decide(sender, &AccountCommand::SendTransfer { amount, to: to.clone() })
        .map_err(|refusal| TransferRefusal::Sender { account: from.clone(), refusal })?;
    let taken = Account::decide(receiver, &AccountCommand::ReceiveTransfer { amount, from: from.clone() })
        .map_err(|refusal| TransferRefusal::Receiver { account: to.clone(), refusal })?;
    Ok((sent, taken))
}
