using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Withdrawals;

/// <summary>A card to pay to: as shown, and sealed for the bank.</summary>
internal sealed record Beneficiary(PayoutCard Card, string Sealed);

/// <summary>Who a withdrawal pays. Kept with the withdrawal, so that a card changed or removed later redirects nothing.</summary>
internal sealed class Beneficiaries(SealedCards cards)
{
    public async Task<Result<Beneficiary>> FindAsync(AccountId owner, BankCardId id, CancellationToken cancellationToken) =>
        await cards.FindAsync(owner, id, cancellationToken) is { } card
            ? new Beneficiary(new PayoutCard(card.BankCardId, card.Last4, card.BankCode), card.Seal)
            : WithdrawalErrors.BankCardNotFound;

    /// <summary>Opens the seals, for the order to the bank and nothing else.</summary>
    public PayoutBeneficiary Open(Withdrawal withdrawal)
    {
        var (holder, number) = cards.Open(withdrawal.SealedBeneficiary);
        return new PayoutBeneficiary(withdrawal.Card.BankCode, holder, number);
    }
}
