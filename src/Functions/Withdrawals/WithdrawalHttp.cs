using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals;

/// <summary>Withdrawals over HTTP, for their owners.</summary>
public sealed class WithdrawalHttp
{
    private readonly WithdrawalRequests requests;
    private readonly WithdrawalReader reader;
    private readonly Secrets secrets;

    public WithdrawalHttp(WithdrawalRequests requests, WithdrawalReader reader, Secrets secrets) =>
        (this.requests, this.reader, this.secrets) = (requests, reader, secrets);

    [Function("CreateWithdrawal")]
    [Access(Role.Customer)]
    [Operation("Withdraw money to a bank card", Request = typeof(WithdrawalRequest), Response = typeof(WithdrawalAccepted), Status = 202, Key = true,
        Codes = ["account_frozen", "bank_card_not_found", "calendar_not_loaded", "confirmation_locked", "confirmation_required", "confirmation_wrong", "currency_mismatch",
            "insufficient_funds", "limit_daily", "limit_lifetime", "limit_per_transaction", "limit_yearly", "otp_exhausted", "otp_expired", "otp_wrong", "own_limit",
            "payment_password_not_set", "wallet_frozen"])]
    public Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/withdrawals")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => requests.CreateAsync(request, durable, cancellationToken);

    [Function("ListWithdrawals")]
    [Access(Role.Customer)]
    [Operation("One's withdrawals, newest first", Response = typeof(WithdrawalView), IsList = true)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/withdrawals")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        return page.IsOk ? await reader.ListAsync(request, page.Value, cancellationToken) : Answers.Problem(request, page.Error);
    }

    [Function("GetWithdrawal")]
    [Access(Role.Customer)]
    [Operation("A withdrawal with its timeline", Response = typeof(WithdrawalView), Query = ["wait"], Codes = ["withdrawal_not_found"])]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/withdrawals/{withdrawalId}")] HttpRequest request,
        string withdrawalId,
        CancellationToken cancellationToken)
    {
        var wait = LongPoll.Read(request);
        if (!wait.IsOk)
        {
            return Answers.Problem(request, wait.Error);
        }

        return Id.TryParse<WithdrawalId>(withdrawalId, out var id)
            ? await reader.GetAsync(request, id, wait.Value, cancellationToken)
            : Answers.Problem(request, WithdrawalErrors.NotFound);
    }

    [Function("CancelWithdrawal")]
    [Access(Role.Customer)]
    [Operation("Take a withdrawal back", Response = typeof(WithdrawalView), Key = true, Codes = ["precondition_failed", "too_late_to_cancel", "withdrawal_not_found"])]
    public async Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/withdrawals/{withdrawalId}/cancel")] HttpRequest request,
        string withdrawalId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var key = IdempotencyKey.Read(request);
        if (!key.IsOk)
        {
            return Answers.Problem(request, key.Error);
        }

        var form = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if ((form.IsOk ? form.Value.Finish() : form.Error) is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        return Id.TryParse<WithdrawalId>(withdrawalId, out var id)
            ? await requests.CancelAsync(request, id, key.Value, Fingerprint(form.Value!), durable, cancellationToken)
            : Answers.Problem(request, WithdrawalErrors.NotFound);
    }

    private string Fingerprint(JsonForm form) => form.Fingerprint(secrets.Key("fingerprints"));
}
