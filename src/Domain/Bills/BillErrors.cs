namespace WalletFunctions.Domain.Bills;

/// <summary>The refusals of bills.</summary>
public static class BillErrors
{
    private static readonly NextStep List = new("list_billers", "GET /v1/billers");

    /// <summary>There is no such biller.</summary>
    public static DomainError BillerNotFound { get; } = new("biller_not_found", ErrorKind.Refused,
        new Text("没有该缴费机构。", "There is no such biller."))
    {
        NextSteps = [List],
    };

    /// <summary>The biller takes no payments for the time being.</summary>
    public static DomainError BillerSuspended { get; } = new("biller_suspended", ErrorKind.Refused,
        new Text("该缴费机构暂停缴费。", "This biller takes no payments at present."))
    {
        NextSteps = [List],
    };

    /// <summary>The number is not one of this biller's.</summary>
    public static DomainError NumberInvalid { get; } = new("bill_number_invalid", ErrorKind.Refused,
        new Text("账单号不正确，请核对后重试。", "The bill number is not right. Check it and try again."))
    {
        NextSteps = [List],
    };

    /// <summary>The bill has been paid, by this customer or another.</summary>
    public static DomainError Paid { get; } = new("bill_paid", ErrorKind.Conflict,
        new Text("该账单已缴费。", "This bill has already been paid."))
    {
        NextSteps = [new NextStep("list_transactions", "GET /v1/transactions")],
    };

    /// <summary>The amount is more than this biller takes at once.</summary>
    public static DomainError AmountTooLarge(Money most) => new("bill_amount_too_large", ErrorKind.Refused,
        new Text("缴费金额过大。", "The amount is more than this biller takes."),
        new Text($"该缴费机构单笔不超过 {most}。", $"This biller takes at most {most} for one bill."))
    {
        NextSteps = [List],
    };
}
