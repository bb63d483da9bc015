using WalletFunctions.Domain;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Wallet;

/// <summary>A customer's order of money, as it is remembered if it is refused.</summary>
/// <param name="RequestId">The request's id: what the customer sees in the refusal, and asks by.</param>
/// <param name="Operation">What was wanted.</param>
/// <param name="Amount">How much.</param>
internal sealed record AttemptNote(string RequestId, OperationKind Operation, Money Amount);
