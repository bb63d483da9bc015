using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Status;

/// <summary>/v1/admin/accounts: what supervisors and admins may do to customers' and merchants' accounts. Each act is in the audit log before it happens.</summary>
public sealed class AccountAdminFunctions
{
    private const int LongestReason = 500;

    private readonly AccountAdmin admin;
    private readonly Idempotency idempotency;

    public AccountAdminFunctions(AccountAdmin admin, Idempotency idempotency) => (this.admin, this.idempotency) = (admin, idempotency);

    [Function("AccountFreeze")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Freeze an account", Request = typeof(ReasonRequest), Response = typeof(AccountAnswer), Key = true, Codes = ["not_found"])]
    public Task<IResult> Freeze([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/accounts/{accountId}/freeze")] HttpRequest request, string accountId, CancellationToken cancellationToken) =>
        RunAsync(request, accountId, "freeze", (account, act) => admin.FreezeAsync(account, act, cancellationToken), cancellationToken);

    [Function("AccountUnfreeze")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("End every freeze of an account", Request = typeof(ReasonRequest), Response = typeof(AccountAnswer), Key = true, Codes = ["not_found"])]
    public Task<IResult> Unfreeze([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/accounts/{accountId}/unfreeze")] HttpRequest request, string accountId, CancellationToken cancellationToken) =>
        RunAsync(request, accountId, "unfreeze", (account, act) => admin.UnfreezeAsync(account, act, cancellationToken), cancellationToken);

    [Function("AccountUnlock")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Forget the failures that keep an account's owner out, of signing in and of confirming", Request = typeof(ReasonRequest), Response = typeof(AccountAnswer), Key = true, Codes = ["not_found"])]
    public Task<IResult> Unlock([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/accounts/{accountId}/unlock")] HttpRequest request, string accountId, CancellationToken cancellationToken) =>
        RunAsync(request, accountId, "unlock", (account, act) => admin.UnlockAsync(account, act, cancellationToken), cancellationToken);

    [Function("AccountClass")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Set an account's class", Request = typeof(ClassRequest), Response = typeof(AccountAnswer), Key = true, Codes = ["not_found"])]
    public Task<IResult> SetClass([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/accounts/{accountId}/class")] HttpRequest request, string accountId, CancellationToken cancellationToken) =>
        RunAsync(request, accountId, "class", (account, act) => admin.SetClassAsync(account, act, cancellationToken), cancellationToken);

    private async Task<IResult> RunAsync(HttpRequest request, string accountId, string verb, Func<Account, AdminAct, Task<(Account Account, AccountClass Class)>> act, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var @class = verb == "class" ? ReadClass(form) : null;
        var reason = form.RequiredString("reason", LongestReason, multiline: true);
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        return await idempotency.RunAsync(request, $"POST /v1/admin/accounts/{accountId}/{verb}", form, async operation =>
        {
            if (!Id.TryParse<AccountId>(accountId, out var id) || await admin.FindAsync(id, cancellationToken) is not { } account)
            {
                return StoredAnswer.Problem(request, PlatformErrors.NotFound);
            }

            var now = await act(account, new AdminAct(request.Caller(), reason, operation.Seed, @class));
            return StoredAnswer.Ok(new AccountAnswer(now.Account.AccountId, now.Account.Status, now.Class.ToString()));
        }, cancellationToken);
    }

    /// <summary>Classes are written as the regulator does: I, II, III.</summary>
    private static AccountClass? ReadClass(JsonForm form)
    {
        var text = form.RequiredString("class", 3);
        if (Enum.TryParse<AccountClass>(text, out var found) && found.ToString() == text)
        {
            return found;
        }

        if (text.Length > 0)
        {
            form.Fail(FieldErrors.Invalid("class", new("须为 I、II 或 III。", "it must be I, II or III.")));
        }

        return null;
    }

    internal sealed record ReasonRequest(string Reason);

    internal sealed record ClassRequest(string Class, string Reason);

    internal sealed record AccountAnswer(AccountId AccountId, AccountStatus Status, string Class);
}
