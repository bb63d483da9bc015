using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.TopUps.Acquirer;

/// <summary>Whoever charges bank cards for us. It charges a charge id at most once, however often it is told to.</summary>
internal interface IAcquirer
{
    /// <summary>Charges a card. Never throws for what the acquirer or the network does: not to know is an answer too.</summary>
    Task<ChargeAnswer> ChargeAsync(ChargeOrder order, CancellationToken cancellationToken);

    /// <summary>Asks how a charge stands.</summary>
    Task<ChargeStanding> AskAsync(TopUpId chargeId, CancellationToken cancellationToken);

    /// <summary>What the acquirer says cards paid on a Shanghai day. Rows count only once the enumeration has ended without a throw.</summary>
    /// <exception cref="PartnerOutOfReachException">The acquirer does not give the file now.</exception>
    /// <exception cref="InvalidDataException">The file is cut off, forged or malformed.</exception>
    IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, CancellationToken cancellationToken);
}

/// <summary>An order to charge a card.</summary>
/// <param name="ChargeId">The top-up's id: the acquirer's key for "once".</param>
/// <param name="Amount">Positive.</param>
/// <param name="Card">The card.</param>
internal sealed record ChargeOrder(TopUpId ChargeId, Money Amount, CardDetails Card);

/// <summary>A card as the acquirer needs it. Personal data: goes to the acquirer, never to a log.</summary>
internal sealed record CardDetails(string BankCode, string HolderName, string CardNumber);

/// <summary>What the acquirer says when a charge is handed over.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Word">What became of the charge, where it was decided on the spot or refused.</param>
internal sealed record ChargeAnswer(SubmitAnswerKind Kind, ChargeWord? Word = null);

/// <summary>What the acquirer says when asked about a charge.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Word">What became of the charge, where that is decided.</param>
internal sealed record ChargeStanding(StatusAnswerKind Kind, ChargeWord? Word = null);
