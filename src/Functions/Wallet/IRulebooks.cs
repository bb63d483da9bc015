using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Wallet;

/// <summary>The rules of money, past, present and announced.</summary>
internal interface IRulebooks
{
    /// <summary>All versions known now. Asked at every move, so it answers from memory.</summary>
    ValueTask<Rulebook> CurrentAsync(CancellationToken cancellation);
}
