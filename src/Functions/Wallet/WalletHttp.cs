using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;
using WalletFunctions.Tariff;

namespace WalletFunctions.Wallet;

/// <summary>/v1/wallet.</summary>
public sealed class WalletHttp(Ledger ledger, AccountDirectory accounts, LimitsReader limits)
{
    /// <summary>The caller's wallet as it is stored now.</summary>
    [Function("GetWallet")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The caller's wallet", Response = typeof(WalletAnswer))]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/wallet")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var account = await accounts.FindAsync(caller.Account, cancellationToken);
        var stored = await ledger.ReadHeadAsync(caller.Wallet, cancellationToken);
        return Answers.Ok(WalletAnswer.Of(stored.Head, account?.Status ?? AccountStatus.Active, await limits.ReadAsync(stored.Head, cancellationToken)), stored.ETag);
    }

    internal sealed record WalletAnswer(WalletId WalletId, string Currency, Money Available, Money Held, string Status, string Class, LimitsAnswer Limits)
    {
        public static WalletAnswer Of(BookHead head, AccountStatus account, LimitsAnswer limits) => new(
            head.Wallet,
            head.Currency.Code,
            new Money(head.Balances.Available, head.Currency),
            new Money(head.Balances.Held, head.Currency),
            StatusOf(head.Status, account),
            head.Class.ToString(),
            limits);

        private static string StatusOf(BookStatus book, AccountStatus account) => (book, account) switch
        {
            (BookStatus.Closed, _) or (_, AccountStatus.Closed) => "closed",
            (BookStatus.Frozen, _) or (_, AccountStatus.Frozen) => "frozen",
            (_, AccountStatus.UnderReview) => "under_review",
            _ => "active",
        };
    }
}
