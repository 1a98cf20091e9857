//! A newtype for every id.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

id!(
    /// A person (or bot, or the service account 777000).
    UserId(i64)
);
id!(
    /// A message within one mailbox, from 1.
    MsgId(i32)
);
id!(
    /// The count of changes of a mailbox: advances by exactly `pts_count`, without gaps.
    Pts(i32)
);
id!(
    /// The number of an entry in the second log of a mailbox (changes that carry no pts).
    Seq(i32)
);
id!(
    /// The lower 64 bits of SHA-1 of an auth key, as the protocol's signed long.
    AuthKeyId(i64)
);

/// The service account that writes login codes and notices.
pub const SERVICE_USER_ID: UserId = UserId(777_000);
