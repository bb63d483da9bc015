using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Withdrawals;

/// <summary>A card to pay to: as shown, and sealed for the bank.</summary>
internal sealed record Beneficiary(PayoutCard Card, string Sealed);

/// <summary>Who a withdrawal pays. Kept with the withdrawal, so that a card changed or removed later redirects nothing.</summary>
internal sealed class Beneficiaries(Cards cards, Vault vault)
{
    /// <summary>What both seals are made of is text of base64url, so this cannot occur in it.</summary>
    private const char Between = '|';

    public async Task<Result<Beneficiary>> FindAsync(AccountId owner, BankCardId id, CancellationToken cancellationToken)
    {
        if (await cards.FindAsync(owner, id, cancellationToken) is not { } card)
        {
            return WithdrawalErrors.BankCardNotFound;
        }

        return new Beneficiary(new PayoutCard(card.BankCardId, card.Last4, card.BankCode), card.NumberToken + Between + vault.SealPersonal(card.HolderName));
    }

    /// <summary>Opens the seals, for the order to the bank and nothing else.</summary>
    public PayoutBeneficiary Open(Withdrawal withdrawal)
    {
        var seals = withdrawal.SealedBeneficiary.Split(Between);
        return new PayoutBeneficiary(withdrawal.Card.BankCode, vault.OpenPersonal(seals[1]), vault.OpenCardNumber(seals[0]));
    }
}
