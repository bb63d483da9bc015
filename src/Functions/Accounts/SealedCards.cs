using WalletFunctions.Domain;

namespace WalletFunctions.Accounts;

/// <summary>A card as it is kept with a move of money: as shown, and sealed for whoever carries the move out.</summary>
internal sealed record SealedCard(BankCardId BankCardId, string Last4, string BankCode, string Seal);

/// <summary>Copies of bound cards to keep with moves of money, so that a card changed or removed later redirects nothing.</summary>
internal sealed class SealedCards(Cards cards, Vault vault)
{
    /// <summary>What both seals are made of is text of base64url, so this cannot occur in it.</summary>
    private const char Between = '|';

    /// <summary>A card of an account; null where it has no such card.</summary>
    public async Task<SealedCard?> FindAsync(AccountId owner, BankCardId id, CancellationToken cancellationToken) =>
        await cards.FindAsync(owner, id, cancellationToken) is { } card ? Of(card) : null;

    /// <summary>All cards of an account, newest first.</summary>
    public async Task<IReadOnlyList<SealedCard>> ListAsync(AccountId owner, CancellationToken cancellationToken) =>
        [.. (await cards.ListAsync(owner, cancellationToken)).Select(Of)];

    /// <summary>Opens a seal, for the order to a bank or an acquirer and nothing else. Personal data: never to a log.</summary>
    public (string HolderName, string CardNumber) Open(string seal)
    {
        var seals = seal.Split(Between);
        return (vault.OpenPersonal(seals[1]), vault.OpenCardNumber(seals[0]));
    }

    private SealedCard Of(BankCard card) =>
        new(card.BankCardId, card.Last4, card.BankCode, card.NumberToken + Between + vault.SealPersonal(card.HolderName));
}
