namespace WalletFunctions.Domain.Payments;

/// <summary>The refusals of payments.</summary>
public static class PaymentErrors
{
    /// <summary>The merchant's order has been paid, by this customer or another.</summary>
    public static DomainError OrderPaid { get; } = new("order_paid", ErrorKind.Conflict,
        new Text("该订单已付款。", "This order has already been paid."))
    {
        NextSteps = [new NextStep("list_payments", "GET /v1/payments")],
    };
}
