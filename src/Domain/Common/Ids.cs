namespace WalletFunctions.Domain;

/// <summary>An account: a person or a merchant who signs in.</summary>
public readonly record struct AccountId(string Value) : IId<AccountId>
{
    /// <inheritdoc/>
    public static string Prefix => "acc_";

    /// <inheritdoc/>
    public static AccountId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A bank card bound to an account.</summary>
public readonly record struct BankCardId(string Value) : IId<BankCardId>
{
    /// <inheritdoc/>
    public static string Prefix => "card_";

    /// <inheritdoc/>
    public static BankCardId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A bill that was paid.</summary>
public readonly record struct BillId(string Value) : IId<BillId>
{
    /// <inheritdoc/>
    public static string Prefix => "bill_";

    /// <inheritdoc/>
    public static BillId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Somebody whose bills are paid: an electricity, water, gas or telephone company.</summary>
public readonly record struct BillerId(string Value) : IId<BillerId>
{
    /// <inheritdoc/>
    public static string Prefix => "blr_";

    /// <inheritdoc/>
    public static BillerId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A challenge: what a one-time code or a signature answers.</summary>
public readonly record struct ChallengeId(string Value) : IId<ChallengeId>
{
    /// <inheritdoc/>
    public static string Prefix => "chl_";

    /// <inheritdoc/>
    public static ChallengeId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A request for money that others pay by its code or link.</summary>
public readonly record struct CollectionId(string Value) : IId<CollectionId>
{
    /// <inheritdoc/>
    public static string Prefix => "col_";

    /// <inheritdoc/>
    public static CollectionId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Somebody who wrote to support.</summary>
public readonly record struct ContactId(string Value) : IId<ContactId>
{
    /// <inheritdoc/>
    public static string Prefix => "con_";

    /// <inheritdoc/>
    public static ContactId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A conversation of the support inbox.</summary>
public readonly record struct ConversationId(string Value) : IId<ConversationId>
{
    /// <inheritdoc/>
    public static string Prefix => "cnv_";

    /// <inheritdoc/>
    public static ConversationId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A device's public key, bound to an account.</summary>
public readonly record struct DeviceKeyId(string Value) : IId<DeviceKeyId>
{
    /// <inheritdoc/>
    public static string Prefix => "dvk_";

    /// <inheritdoc/>
    public static DeviceKeyId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A file that somebody uploaded.</summary>
public readonly record struct FileId(string Value) : IId<FileId>
{
    /// <inheritdoc/>
    public static string Prefix => "fil_";

    /// <inheritdoc/>
    public static FileId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Something that reconciliation found wrong.</summary>
public readonly record struct FindingId(string Value) : IId<FindingId>
{
    /// <inheritdoc/>
    public static string Prefix => "fnd_";

    /// <inheritdoc/>
    public static FindingId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A message within a conversation.</summary>
public readonly record struct MessageId(string Value) : IId<MessageId>
{
    /// <inheritdoc/>
    public static string Prefix => "msg_";

    /// <inheritdoc/>
    public static MessageId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A notification: what somebody is told of their account.</summary>
public readonly record struct NotificationId(string Value) : IId<NotificationId>
{
    /// <inheritdoc/>
    public static string Prefix => "ntf_";

    /// <inheritdoc/>
    public static NotificationId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A payment to a merchant.</summary>
public readonly record struct PaymentId(string Value) : IId<PaymentId>
{
    /// <inheritdoc/>
    public static string Prefix => "pay_";

    /// <inheritdoc/>
    public static PaymentId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A request of a payer to get a transfer back.</summary>
public readonly record struct RecallId(string Value) : IId<RecallId>
{
    /// <inheritdoc/>
    public static string Prefix => "rcl_";

    /// <inheritdoc/>
    public static RecallId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A run of the reconciliation.</summary>
public readonly record struct ReconciliationId(string Value) : IId<ReconciliationId>
{
    /// <inheritdoc/>
    public static string Prefix => "rec_";

    /// <inheritdoc/>
    public static ReconciliationId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A request of a customer to get a payment back.</summary>
public readonly record struct RefundId(string Value) : IId<RefundId>
{
    /// <inheritdoc/>
    public static string Prefix => "rfd_";

    /// <inheritdoc/>
    public static RefundId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Something a person must look at before it goes on.</summary>
public readonly record struct ReviewId(string Value) : IId<ReviewId>
{
    /// <inheritdoc/>
    public static string Prefix => "rev_";

    /// <inheritdoc/>
    public static ReviewId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A top-up.</summary>
public readonly record struct TopUpId(string Value) : IId<TopUpId>
{
    /// <inheritdoc/>
    public static string Prefix => "top_";

    /// <inheritdoc/>
    public static TopUpId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A transaction: one move of money as its owner sees it.</summary>
public readonly record struct TransactionId(string Value) : IId<TransactionId>
{
    /// <inheritdoc/>
    public static string Prefix => "txn_";

    /// <inheritdoc/>
    public static TransactionId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A wallet, and so its book.</summary>
public readonly record struct WalletId(string Value) : IId<WalletId>
{
    /// <inheritdoc/>
    public static string Prefix => "wal_";

    /// <inheritdoc/>
    public static WalletId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A withdrawal to a bank card.</summary>
public readonly record struct WithdrawalId(string Value) : IId<WithdrawalId>
{
    /// <inheritdoc/>
    public static string Prefix => "wdr_";

    /// <inheritdoc/>
    public static WithdrawalId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One event on its way to one endpoint of a merchant.</summary>
public readonly record struct WebhookDeliveryId(string Value) : IId<WebhookDeliveryId>
{
    /// <inheritdoc/>
    public static string Prefix => "whd_";

    /// <inheritdoc/>
    public static WebhookDeliveryId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An endpoint where a merchant is told of events.</summary>
public readonly record struct WebhookId(string Value) : IId<WebhookId>
{
    /// <inheritdoc/>
    public static string Prefix => "whk_";

    /// <inheritdoc/>
    public static WebhookId Of(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
