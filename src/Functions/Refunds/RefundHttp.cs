using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Accounts;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>/v1/refunds: asking for money back, and seeing what becomes of it.</summary>
public sealed class RefundHttp(RefundRequests requests, RefundReader reader, AccountDirectory accounts, Idempotency idempotency, RateLimits limits, Secrets secrets, AuditLog audit)
{
    private const string Route = "POST /v1/refunds";

    /// <summary>Each request is told to a merchant and opens a conversation; whoever asks and gives up without end is stopped.</summary>
    private static readonly RateLimit Asking = new("refunds", 1_000, TimeSpan.FromHours(1));

    [Function("GetRefundEligibility")]
    [Access(Role.Customer)]
    [Operation("Whether, how much and until when a payment can be refunded, and what will be asked", Response = typeof(RefundEligibilityView), Codes = ["payment_not_found"])]
    public async Task<IResult> JudgeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payments/{paymentId}/refund-eligibility")] HttpRequest request, string paymentId, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        return Id.TryParse<PaymentId>(paymentId, out var id) && await requests.JudgeAsync(caller.Wallet, id, cancellationToken) is var (found, eligibility, policy)
            ? Answers.Ok(RefundEligibilityView.Of(found, eligibility, policy, caller.Language))
            : Answers.Problem(request, RefundErrors.PaymentNotFound);
    }

    /// <summary>Asks for a refund. However many ask at once, never more than the payment is reserved.</summary>
    [Function("CreateRefund")]
    [Access(Role.Customer | Role.Staff)]
    [Operation("Ask for a refund; 1,000 an hour", Request = typeof(RefundRequest), Response = typeof(RefundAccepted), Status = 202, Key = true,
        Codes = ["already_in_progress", "currency_mismatch", "payment_not_found", "payment_not_refundable", "refund_exceeds_payment", "refund_too_late", "too_many_requests"])]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/refunds")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var isStaff = caller.Role != Role.Customer;
        var read = await MoneyRequest.ReadAsync(request, Route, secrets, form => RefundRequest.Ask(form, isStaff), cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (money, asked) = read.Value;
        if (isStaff)
        {
            return await idempotency.RunAsync(request, Route, money.Form, operation => AskForAsync(money, asked, operation, durable, cancellationToken), cancellationToken);
        }

        if (await limits.RefuseAsync(request, caller.Account.Value, money.Key.RowKey, cancellationToken, Asking) is { } tooMany)
        {
            return Answers.Problem(request, tooMany);
        }

        var order = new RefundOrder(caller.Wallet, caller.Account, null, asked.PaymentId, asked.Wish, money.Key, money.Refusal);
        return await requests.AskAsync(order, durable, cancellationToken) is { } outcome
            ? money.Answer(outcome)
            : Answers.Problem(request, RefundErrors.PaymentNotFound);
    }

    [Function("ListRefunds")]
    [Access(Role.SignedIn)]
    [Operation("The refunds that the caller asked for, is asked for, or may decide; newest first", Response = typeof(RefundView), IsList = true)]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/refunds")] HttpRequest request, CancellationToken cancellationToken) =>
        PageAsync(request, cancellationToken);

    [Function("ListMerchantRefunds")]
    [Access(Role.Merchant)]
    [Operation("The refunds that a merchant is asked for, newest first", Response = typeof(RefundView), IsList = true)]
    public Task<IResult> ListOfMerchantAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchant/refunds")] HttpRequest request, CancellationToken cancellationToken) =>
        PageAsync(request, cancellationToken);

    [Function("GetRefund")]
    [Access(Role.SignedIn)]
    [Operation("A refund with its timeline", Response = typeof(RefundView), Query = ["wait"], Codes = ["refund_not_found"])]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/refunds/{refundId}")] HttpRequest request, string refundId, CancellationToken cancellationToken)
    {
        var wait = LongPoll.Read(request);
        if (!wait.IsOk)
        {
            return Answers.Problem(request, wait.Error);
        }

        return Id.TryParse<RefundId>(refundId, out var id) && await reader.WaitAsync(request.Caller(), id, wait.Value, cancellationToken) is var (view, etag)
            ? Answers.Ok(view, etag)
            : Answers.Problem(request, RefundErrors.NotFound);
    }

    /// <summary>An agent asks on a customer's behalf. The key stands in the customer's book as well, so that a repeat after a crash finds what was made.</summary>
    private async Task<StoredAnswer> AskForAsync(MoneyRequest money, RefundRequest asked, IdempotentOperation operation, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var customer = await accounts.FindAsync(asked.OnBehalfOf!.Value, cancellationToken);
        if (customer is not { Role: Role.Customer, WalletId: { } payer })
        {
            return money.Refusal(RefundErrors.PaymentNotFound);
        }

        var key = RefundKeys.Of(Route, money, operation);
        var order = new RefundOrder(payer, customer.AccountId, money.Caller.Account, asked.PaymentId, asked.Wish, key, money.Refusal);
        await audit.AddAsync(money.Caller, "refund.request", asked.PaymentId.Value, new { asked.OnBehalfOf, asked.Amount }, cancellationToken);
        var outcome = await requests.AskAsync(order, durable, cancellationToken);
        return RefundKeys.Stored(money, outcome, RefundErrors.PaymentNotFound);
    }

    private async Task<IResult> PageAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, next) = await reader.ListAsync(request.Caller(), page.Value, cancellationToken);
        return Answers.List(items, next);
    }
}
