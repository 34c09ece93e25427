namespace Keyholder.Storage.Postgres;

/// <summary>
/// What has to happen one after the other, on any number of nodes: advisory locks that end with their transaction. A transaction takes rows of
/// <c>sessions</c> first (in id order), then a lock of this list, and never rows of <c>sessions</c> after one: so nobody waits in a circle.
/// </summary>
internal enum PostgresLocks
{
    // "KH" in the upper half, so that other users of the database are unlikely to use the same numbers.
    Migrations = 0x4B48_0001,
    RevocationLog = 0x4B48_0002,
    Clients = 0x4B48_0003,
    Consents = 0x4B48_0004,
    SigningKeys = 0x4B48_0005,
    LocalUserNames = 0x4B48_0006,
    ProviderIdentities = 0x4B48_0007,
    Imports = 0x4B48_0008,
    VaultKeyNodes = 0x4B48_0009,
    VirtualKeyNames = 0x4B48_0010,

    /// <summary>Shared by changes of single virtual keys, which then lock the key's row; alone for changes that concern many. Comes before rows of keys and credentials.</summary>
    Grants = 0x4B48_0011,
}
