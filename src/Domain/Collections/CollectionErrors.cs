namespace WalletFunctions.Domain.Collections;

/// <summary>The refusals of collections.</summary>
public static class CollectionErrors
{
    private static readonly NextStep Show = new("show_collection", "GET /v1/collections/{id}");

    /// <summary>The payer must say how much.</summary>
    public static DomainError AmountRequired { get; } = new("collection_amount_required", ErrorKind.Refused,
        new Text("该收款未指定金额，请填写付款金额。", "This collection leaves the amount to you: say how much you pay."))
    {
        NextSteps = [Show],
    };

    /// <summary>Its creator has taken it back.</summary>
    public static DomainError Cancelled { get; } = new("collection_cancelled", ErrorKind.Conflict,
        new Text("该收款已被取消。", "This collection was cancelled."));

    /// <summary>Its time is over.</summary>
    public static DomainError Expired { get; } = new("collection_expired", ErrorKind.Refused,
        new Text("该收款已过期。", "This collection has expired."));

    /// <summary>All who may pay have paid, or this payer has.</summary>
    public static DomainError Paid { get; } = new("collection_paid", ErrorKind.Conflict,
        new Text("该收款已付清，或您已付过款。", "This collection has been paid, or you have paid your part."))
    {
        NextSteps = [new NextStep("list_transactions", "GET /v1/transactions")],
    };

    /// <summary>The payer named another amount than is asked for.</summary>
    public static DomainError AmountDiffers(Money asked) => new("collection_amount_differs", ErrorKind.Refused,
        new Text("金额与收款金额不一致。", "The amount is not the one asked for."),
        new Text($"该收款的金额为 {asked}。", $"This collection asks for {asked}."))
    {
        NextSteps = [Show],
    };
}
