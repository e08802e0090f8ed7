//! Deciding a command on what the accounts are, wherever that is known from.

use super::{BankCommand, DispatchError, Env, Intent, Preview, RefusalReason};
use crate::{
    app::Accounts,
    bank::{Account, AccountEvent, AccountState, Money, encode, transfer},
    kernel::{
        Aggregate as _, Commit, EventId, Expectation, ExpectedVersion, Label, NewEvent, StreamName, Version,
        Versions as _,
    },
};

/// The events of a command, each with its stream.
type Decided = Vec<(StreamName, AccountEvent)>;

pub(super) fn decide(accounts: &mut Accounts<'_>, command: &BankCommand) -> Result<Decided, DispatchError> {
    let refused = |reason: RefusalReason| DispatchError::Refused { reason, overtaken_by: Vec::new() };
    let stream = |number: &Label| StreamName::new(Account::CATEGORY, number);
    match command {
        BankCommand::Account { number, command } => {
            let name = stream(number)?;
            let events = Account::decide(&accounts.state(&name), command).map_err(|refusal| refused(refusal.into()))?;
            Ok(events.into_iter().map(|event| (name.clone(), event)).collect())
        }
        BankCommand::Transfer { from, to, amount } => {
            let (sender, receiver) = (stream(from)?, stream(to)?);
            let (sent, taken) = transfer((from, &accounts.state(&sender)), (to, &accounts.state(&receiver)), *amount)
                .map_err(|refusal| refused(refusal.into()))?;
            let sent = sent.into_iter().map(|event| (sender.clone(), event));
            Ok(sent.chain(taken.into_iter().map(|event| (receiver.clone(), event))).collect())
        }
    }
}

/// What a command would append.
pub(super) fn preview(accounts: &mut Accounts<'_>, command: &BankCommand) -> Result<Preview, DispatchError> {
    let mut events = Vec::new();
    let mut versions: Vec<(StreamName, Version)> = Vec::new();
    for (stream, event) in decide(accounts, command)? {
        let version = match versions.iter_mut().find(|(other, _)| *other == stream) {
            Some((_, version)) => {
                *version = version.next();
                *version
            }
            None => {
                let version = accounts.version_of(&stream).next();
                versions.push((stream.clone(), version));
                version
            }
        };
        events.push((stream, version, event));
    }
    let balance = events.first().and_then(|(first, ..)| {
        let ours = events.iter().filter(|(stream, ..)| stream == first).map(|(.., event)| event);
        match ours.fold(accounts.state(first), Account::evolve) {
            AccountState::Open(account) => Some(Money::new(account.balance, account.currency)),
            AccountState::Unopened | AccountState::Closed => None,
        }
    });
    Ok(Preview { events, balance })
}

/// Puts what was decided into envelopes, each stream with the version that it was decided on.
pub(super) fn commit(
    accounts: &Accounts<'_>,
    intent: &Intent,
    command_id: &EventId,
    decided: Decided,
    env: &impl Env,
) -> Result<Commit, DispatchError> {
    let now = env.now();
    let mut commit = Commit::default();
    let mut cause = command_id.clone();
    for (stream, event) in decided {
        if !commit.expectations.iter().any(|known| known.stream == stream) {
            let expected = ExpectedVersion::Exactly(accounts.version_of(&stream));
            commit.expectations.push(Expectation { stream: stream.clone(), expected });
        }
        let body = encode(&event)?;
        let id = env.new_id();
        commit.events.push(NewEvent {
            id: id.clone(),
            stream,
            event_type: body.event_type,
            schema: body.schema,
            data: body.data,
            occurred_at: intent.occurred_at.unwrap_or(now).min(now),
            actor: intent.actor.clone(),
            reason: intent.reason.clone(),
            correlation_id: Some(command_id.clone()),
            causation_id: Some(std::mem::replace(&mut cause, id)),
            attributes: None,
        });
    }
    Ok(commit)
}
