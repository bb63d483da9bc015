namespace WalletFunctions.Platform;

/// <summary>Who may call a function, and who is calling. Somebody signed in has exactly one role.</summary>
[Flags]
public enum Role
{
    /// <summary>Nobody is signed in. On a function: anyone may call.</summary>
    Anonymous = 0,

    /// <summary>A person with a wallet.</summary>
    Customer = 1,

    /// <summary>A business that is paid.</summary>
    Merchant = 2,

    /// <summary>A support agent.</summary>
    Agent = 4,

    /// <summary>A support agent who also decides reviews and settings.</summary>
    Supervisor = 8,

    /// <summary>Runs the product.</summary>
    Admin = 16,

    /// <summary>"Agent and above" of the HTTP contract.</summary>
    Staff = Agent | Supervisor | Admin,

    /// <summary>Whoever is signed in.</summary>
    SignedIn = Customer | Merchant | Staff,
}
