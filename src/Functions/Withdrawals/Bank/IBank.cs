using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Withdrawals.Bank;

/// <summary>The bank that pays out. It pays a payout id at most once, however often it is told to.</summary>
internal interface IBank
{
    /// <summary>Hands over an order. Never throws for what the bank or the network does: not to know is an answer too.</summary>
    Task<SubmitAnswer> SubmitAsync(PayoutOrder order, CancellationToken cancellationToken);

    /// <summary>Asks how a payout stands.</summary>
    Task<StatusAnswer> AskAsync(string payoutId, CancellationToken cancellationToken);

    /// <summary>Has the bank declare a payout void: it does not have it, and will refuse it for ever, however late an order comes. Said again, it is the same.</summary>
    /// <returns>True only when the bank says so. False: it has the payout, or no usable answer came.</returns>
    Task<bool> VoidAsync(string payoutId, CancellationToken cancellationToken);

    /// <summary>What the bank says it paid out, or got back, on a Shanghai day. Rows count only once the enumeration has ended without a throw.</summary>
    /// <exception cref="PartnerOutOfReachException">The bank does not give the file now.</exception>
    /// <exception cref="InvalidDataException">The file is cut off, forged or malformed.</exception>
    IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, CancellationToken cancellationToken);
}

/// <summary>An order to pay.</summary>
/// <param name="PayoutId">Ours; the bank's key for "once".</param>
/// <param name="WithdrawalId">For the bank statement.</param>
/// <param name="Amount">Positive.</param>
/// <param name="Card">Who is paid, as the bank knows them.</param>
/// <param name="DueBy">When the money should have arrived.</param>
/// <param name="At">When the row said that it leaves, by the machine's clock. It is signed with this time: should its sender sleep on the way, the bank takes it no more.</param>
internal sealed record PayoutOrder(string PayoutId, WithdrawalId WithdrawalId, Money Amount, PayoutBeneficiary Card, DateTimeOffset DueBy, DateTimeOffset At);

/// <summary>Who is paid. Personal data: goes to the bank, never to a log.</summary>
internal sealed record PayoutBeneficiary(string BankCode, string HolderName, string CardNumber);

/// <summary>What the bank says when an order is handed over.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Reason">Why it was refused.</param>
internal sealed record SubmitAnswer(SubmitAnswerKind Kind, string? Reason = null);

/// <summary>What the bank says when asked about a payout.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Word">What became of the payout, where that is decided.</param>
internal sealed record StatusAnswer(StatusAnswerKind Kind, BankWord? Word = null);
