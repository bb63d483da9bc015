namespace WalletFunctions.Wallet;

/// <summary>Where the money of a payment is taken from.</summary>
internal enum FundingSource
{
    /// <summary>What is available in the wallet.</summary>
    Balance,

    /// <summary>A bound bank card.</summary>
    BankCard,
}
