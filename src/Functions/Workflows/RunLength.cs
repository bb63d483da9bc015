namespace WalletFunctions.Workflows;

/// <summary>How much longer a run of an orchestration goes on before it continues as new, so that its history stays short. Replayed, it counts the same.</summary>
/// <param name="rounds">Of waiting and a step.</param>
/// <param name="countsFailures">Whether failed steps count as well; runs that older builds began do not know of it.</param>
internal sealed class RunLength(int rounds, bool countsFailures)
{
    /// <summary>A step that fails at all its attempts leaves as much history as so many rounds.</summary>
    private const int RoundsOfFailure = 7;

    private int left = rounds;

    /// <summary>Takes a round, if there is one left.</summary>
    public bool TakeRound() => left-- > 0;

    /// <summary>A step has failed for good.</summary>
    public void TakeFailure() => left -= countsFailures ? RoundsOfFailure : 0;
}
