namespace WalletFunctions.Domain.Reversals;

/// <summary>The refusals of reversals.</summary>
public static class ReversalErrors
{
    /// <summary>The money has gone back already, by staff or by the payee's consent.</summary>
    public static DomainError AlreadyReversed { get; } = new("already_reversed", ErrorKind.Conflict,
        new Text("该笔交易已退回或冲正。", "This transaction has already been returned or reversed."))
    {
        NextSteps = [new NextStep("show_transaction", "GET /v1/transactions/{id}")],
    };

    /// <summary>Some kinds of transactions have their own way back, and a reversal is never reversed.</summary>
    public static DomainError NotReversible { get; } = new("not_reversible", ErrorKind.Refused,
        new Text("该类交易不能冲正。", "This kind of transaction cannot be reversed."));

    /// <summary>A refund of the payment is open or was made: what is left goes back by refunds.</summary>
    public static DomainError Refunding { get; } = new("not_reversible", ErrorKind.Refused,
        NotReversible.Title,
        new Text("该笔付款有进行中或已完成的退款，不能冲正。", "A refund of this payment is open or was made, so it cannot be reversed."));

    /// <summary>Whoever got the money no longer has enough.</summary>
    public static DomainError PayeeShortOfMoney { get; } = new("payee_short_of_money", ErrorKind.Refused,
        new Text("收款方可用余额不足，无法冲正。", "Whoever got the money does not have enough of it available."));
}
