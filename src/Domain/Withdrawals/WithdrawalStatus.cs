namespace WalletFunctions.Domain.Withdrawals;

/// <summary>Where a withdrawal stands. The names in JSON are these in snake_case.</summary>
public enum WithdrawalStatus
{
    /// <summary>The money is held; the bank has not taken the payout, or has not said so yet.</summary>
    Reserved,

    /// <summary>A person looks at it first.</summary>
    InReview,

    /// <summary>The bank has the payout.</summary>
    Submitted,

    /// <summary>The money has arrived at the bank card.</summary>
    Settled,

    /// <summary>It arrived, and the bank sent it back later: the money is in the wallet again.</summary>
    Returned,

    /// <summary>The bank turned the payout down: the money is available again.</summary>
    Rejected,

    /// <summary>The customer took it back in time: the money is available again.</summary>
    Cancelled,

    /// <summary>The bank would not take the order at all: the money is available again.</summary>
    Failed,
}

/// <summary>What can happen to a withdrawal.</summary>
public enum WithdrawalMove
{
    /// <summary>The money is set aside.</summary>
    Ask,

    /// <summary>The rules want a person to look at it.</summary>
    SendToReview,

    /// <summary>The person says yes.</summary>
    Approve,

    /// <summary>The person says no.</summary>
    RefuseInReview,

    /// <summary>Nobody looked in time.</summary>
    ExpireInReview,

    /// <summary>The bank cannot take the order now, and says so.</summary>
    HandBack,

    /// <summary>The bank took the order.</summary>
    Submit,

    /// <summary>The bank would never take this order.</summary>
    Fail,

    /// <summary>The promised day is over.</summary>
    BecomeOverdue,

    /// <summary>The bank paid it out.</summary>
    Settle,

    /// <summary>The bank took the order and turned the payout down.</summary>
    Reject,

    /// <summary>The bank paid it out, and the money came back.</summary>
    Return,

    /// <summary>The customer takes it back.</summary>
    Cancel,

    /// <summary>Staff ends it, since the bank does not have the order and never will.</summary>
    Stop,
}
