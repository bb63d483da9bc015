namespace WalletFunctions.Soak;

/// <summary>The product did something that no rule allows: says who asked what, and both answers.</summary>
internal sealed class SoakFailure(string message) : Exception(message);
