namespace WalletFunctions.Domain.Refunds;

/// <summary>Where a refund stands. The names in JSON are these in snake_case.</summary>
public enum RefundStatus
{
    /// <summary>Asked for; the amount is reserved on the payment, and the case is about to be opened.</summary>
    Requested,

    /// <summary>The merchant has been asked.</summary>
    WithMerchant,

    /// <summary>Support looks at it.</summary>
    InReview,

    /// <summary>The customer has been asked for evidence.</summary>
    EvidenceWanted,

    /// <summary>Granted; the money is about to leave the merchant's book.</summary>
    Approved,

    /// <summary>Granted, but the merchant's book does not give the money yet.</summary>
    AwaitingFunds,

    /// <summary>The money is in the customer's wallet.</summary>
    Refunded,

    /// <summary>Turned down; the reservation is given back. Once, within the time to appeal, it may be appealed against.</summary>
    Denied,

    /// <summary>Support looks at a denial again.</summary>
    Appealed,

    /// <summary>The customer gave the request up.</summary>
    Withdrawn,

    /// <summary>Its time ran out, or operations ended it.</summary>
    Expired,
}

/// <summary>Why a customer wants money back.</summary>
public enum RefundReason
{
    /// <summary>What was paid for did not come.</summary>
    GoodsNotReceived,

    /// <summary>What came is not what was promised.</summary>
    NotAsDescribed,

    /// <summary>The same thing was paid twice.</summary>
    ChargedTwice,

    /// <summary>In the customer's own words.</summary>
    Other,
}

/// <summary>Who or what makes something happen to a refund.</summary>
public enum RefundActor
{
    /// <summary>Who paid, or an agent on their behalf.</summary>
    Customer,

    /// <summary>Who was paid.</summary>
    Merchant,

    /// <summary>An agent, a supervisor or an admin.</summary>
    Support,

    /// <summary>The product itself, in its next step.</summary>
    System,

    /// <summary>The business clock: a timer came to its end.</summary>
    Clock,

    /// <summary>Who runs the product.</summary>
    Operations,
}

/// <summary>What can happen to a refund. The names are stored.</summary>
public enum RefundEvent
{
    /// <summary>It is asked for.</summary>
    Request,

    /// <summary>The merchant is asked.</summary>
    AskMerchant,

    /// <summary>The merchant cannot be asked: it is stopped.</summary>
    SkipMerchant,

    /// <summary>The merchant is reminded.</summary>
    Remind,

    /// <summary>The merchant agrees.</summary>
    MerchantApprove,

    /// <summary>The merchant says no.</summary>
    MerchantDeny,

    /// <summary>The merchant wants evidence.</summary>
    MerchantAsk,

    /// <summary>The merchant's time is over, and it has said nothing.</summary>
    MerchantSilent,

    /// <summary>As <see cref="MerchantSilent"/>, of an amount small enough that silence is a yes.</summary>
    SilenceApproves,

    /// <summary>Support agrees.</summary>
    SupportApprove,

    /// <summary>Support says no.</summary>
    SupportDeny,

    /// <summary>Support wants evidence.</summary>
    SupportAsk,

    /// <summary>Support's time is over: the case becomes urgent. Nothing is decided by that.</summary>
    Escalate,

    /// <summary>The customer gives evidence.</summary>
    GiveEvidence,

    /// <summary>The customer's time to give evidence is over.</summary>
    EvidenceLate,

    /// <summary>The money has arrived.</summary>
    Pay,

    /// <summary>The merchant's book does not give the money.</summary>
    RunShort,

    /// <summary>It was tried again, and the merchant's book still does not give it.</summary>
    StillShort,

    /// <summary>The money has been waited for too long: support is told.</summary>
    TellSupport,

    /// <summary>The customer gives the request up.</summary>
    Withdraw,

    /// <summary>The customer appeals against a denial.</summary>
    Appeal,

    /// <summary>The time to appeal is over.</summary>
    CloseAppeal,

    /// <summary>Operations end it.</summary>
    Terminate,
}
