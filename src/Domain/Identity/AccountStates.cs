namespace WalletFunctions.Domain.Identity;

/// <summary>The class of a payment account, by how well its owner is known (PBOC announcement [2015] No. 43).</summary>
public enum AccountClass
{
    /// <summary>One external check.</summary>
    I,

    /// <summary>Face to face, or at least three external checks.</summary>
    II,

    /// <summary>Face to face, or at least five external checks.</summary>
    III,
}

/// <summary>Whether an account may be used.</summary>
public enum AccountStatus
{
    /// <summary>In use.</summary>
    Active,

    /// <summary>Opened, and looked at by a person before it may be used.</summary>
    UnderReview,

    /// <summary>Stopped, by its owner or by staff; reading still works.</summary>
    Frozen,

    /// <summary>Ended.</summary>
    Closed,
}
