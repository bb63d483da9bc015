using Microsoft.AspNetCore.Http;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>A request body that spends.</summary>
internal interface ISpendForm
{
    /// <summary>How much.</summary>
    Money Amount { get; }

    /// <summary>The proof of consent, if it was sent.</summary>
    ConfirmForm? Confirm { get; }
}

/// <summary>What every route that spends has in common: who asks and on what terms, a key, a confirmation, and an attempt if it is refused.</summary>
public sealed class MoneyRoute
{
    private readonly SpendDesk desk;
    private readonly RecentAccounts accounts;
    private readonly IConfirmations confirmations;
    private readonly Secrets secrets;

    internal MoneyRoute(SpendDesk desk, RecentAccounts accounts, IConfirmations confirmations, Secrets secrets) =>
        (this.desk, this.accounts, this.confirmations, this.secrets) = (desk, accounts, confirmations, secrets);

    /// <summary>Reads a request that spends and finds its terms.</summary>
    /// <param name="request">The HTTP request.</param>
    /// <param name="route">Method and path, the scope of the key.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="ask">Asks the form for its members, <see cref="ConfirmForm.Ask"/> among them.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<Result<(Spend Spend, T Asked)>> BeginAsync<T>(
        HttpRequest request, string route, OperationKind operation, Func<JsonForm, T> ask, CancellationToken cancellation)
        where T : ISpendForm
    {
        var read = await MoneyRequest.ReadAsync(request, route, secrets, ask, cancellation);
        if (!read.IsOk)
        {
            return read.Error;
        }

        var (money, asked) = read.Value;
        return (await BeginAsync(money, route, operation, asked.Amount, asked.Confirm, cancellation), asked);
    }

    /// <summary>As the other, for a request whose body names no amount (a collection is paid as it was asked for).</summary>
    internal async Task<Spend> BeginAsync(
        MoneyRequest money, string route, OperationKind operation, Money amount, ConfirmForm? confirm, CancellationToken cancellation)
    {
        var account = await accounts.FindPayerAsync(money.Caller.Account, cancellation);
        var confirmed = await confirmations.VerifyAsync(money.Caller, confirm, ConfirmedOf(route, money.Key), cancellation);
        var terms = account is null
            ? SpendTerms.Free(operation)
            : await desk.TermsAsync(operation, money.Caller.DeviceId, confirmed.IsOk ? confirmed.Value : Confirmation.None, cancellation);
        var refusal = account is { Status: AccountStatus.Active or AccountStatus.Frozen } ? confirmed.Error : LedgerErrors.AccountFrozen;
        return new Spend(money, route, amount, terms, refusal) { Account = account };
    }

    /// <summary>The answer of an outcome; a refusal that asks for a confirmation gets its challenge.</summary>
    /// <param name="spend">What <see cref="BeginAsync{T}"/> gave.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="payee">Whom the money goes to, as the customer is told with the code; masked.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task<IResult> FinishAsync(Spend spend, Outcome outcome, string? payee, CancellationToken cancellation) =>
        outcome is Outcome.Refused { Error.Code: "confirmation_required" }
            ? Answers.Problem(spend.Request, await confirmations.ChallengeAsync(spend.Caller, ConfirmedOf(spend.Route, spend.Key), AboutOf(spend.Amount, payee), cancellation))
            : spend.Money.Answer(outcome);

    private static ConfirmedRequest ConfirmedOf(string route, RequestKey key) => new(route, key.Fingerprint, key.RowKey);

    private static Text AboutOf(Money amount, string? payee) => payee is null
        ? new($"支付 {amount}", $"paying {amount}")
        : new($"向 {payee} 支付 {amount}", $"paying {amount} to {payee}");
}

/// <summary>A request that spends, with its terms.</summary>
/// <param name="Money">The request and its key.</param>
/// <param name="Route">Method and path.</param>
/// <param name="Amount">How much.</param>
/// <param name="Terms">On what terms.</param>
/// <param name="Refusal">Why it can already be refused: the account is stopped, or the confirmation is wrong. Store it with <see cref="Refuse"/>.</param>
internal sealed record Spend(MoneyRequest Money, string Route, Money Amount, SpendTerms Terms, DomainError? Refusal)
{
    /// <summary>The caller's account as it was within the last ten minutes: for the name. What decides stands in the book.</summary>
    public Account? Account { get; init; }

    public HttpRequest Request => Money.Request;

    public Caller Caller => Money.Caller;

    public RequestKey Key => Money.Key;

    /// <summary>What is remembered of it if it is refused.</summary>
    public AttemptNote Attempt => new(Caller.RequestId, Terms.Operation, Amount);

    /// <summary>The move that stores a refusal decided before the book was asked.</summary>
    public BookMove Refuse(DomainError error) => new BookMove.Refuse(error, Amount, Terms);

    /// <summary>A command of this request: its key, the rendering of refusals and the attempt are set.</summary>
    public BookCommand Command(string operationId, BookMove move, Func<Decision, StoredAnswer> answer) => new(operationId, move)
    {
        Key = Key,
        Answer = answer,
        Refusal = Money.Refusal,
        Attempt = Attempt,
    };
}
