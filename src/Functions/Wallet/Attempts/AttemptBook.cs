using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.Attempts;

/// <summary>Refused orders of money, and why they were.</summary>
/// <param name="ledger">The books.</param>
public sealed class AttemptBook(Ledger ledger)
{
    /// <summary>One page, newest first.</summary>
    internal Task<(IReadOnlyList<AttemptRow> Attempts, string? Next)> ListAsync(WalletId wallet, Page page, CancellationToken cancellation) =>
        ledger.Store.PageAsync<AttemptRow>(wallet, BookKeys.AttemptPrefix, page, null, cancellation);

    /// <summary>The attempt of a request; null when the wallet has none.</summary>
    internal async Task<AttemptRow?> FindAsync(WalletId wallet, string requestId, CancellationToken cancellation)
    {
        var partition = BookKeys.Partition(wallet);
        return await ledger.Store.FindAsync<AttemptPointerRow>(partition, BookKeys.AttemptOfRequest(requestId), cancellation) is { } pointer
            ? await ledger.Store.FindAsync<AttemptRow>(partition, pointer.Attempt, cancellation)
            : null;
    }

    /// <summary>Why it was refused, decided again over what is stored: the same to whoever asks.</summary>
    internal static WhyView Why(AttemptRow attempt, Language language)
    {
        if (attempt.Inputs is null)
        {
            var text = LedgerErrors.Known(attempt.Code)?.Detail ?? new Text("该请求在办理前已被拒绝。", "It was refused before the money was looked at.");
            return WhyView.Of(attempt, null, new WhyView.Decided(attempt.Code), [], text.In(language));
        }

        var inputs = AttemptJson.Read(attempt.Inputs);
        var explained = Explanation.Of(inputs);
        return WhyView.Of(attempt, InputsView.Of(inputs), new WhyView.Decided(explained.Code),
            [.. explained.Changes.Select(change => ChangeView.Of(change, inputs.Currency, language))], explained.Text.In(language));
    }
}
