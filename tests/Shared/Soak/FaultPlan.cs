namespace WalletFunctions.Soak;

/// <summary>What goes wrong with a call to storage.</summary>
internal enum StorageFault
{
    None,

    /// <summary>The call is done; the connection breaks before the answer is through.</summary>
    AnswerLost,

    /// <summary>The caller is cut off, and the call is done seconds later.</summary>
    Late,

    /// <summary>The call is done after a pause.</summary>
    Delay,

    /// <summary>503; the call is not done.</summary>
    Busy,

    /// <summary>500; the call is not done.</summary>
    InternalError,

    /// <summary>500; the call is done.</summary>
    DoneButInternalError,

    /// <summary>A transaction over a book is refused as if another process had just written its head.</summary>
    HeadMoved,
}

/// <summary>Which calls meet which fault, from a seed alone: the same call number meets the same fault in every run.</summary>
/// <remarks>Spells of one kind each, many of them fair: two kinds at once would hide which of them was survived.</remarks>
internal sealed class FaultPlan(int seed)
{
    private const int Spell = 150;

    private static readonly StorageFault[] Kinds = Enum.GetValues<StorageFault>();

    /// <summary>What becomes of a call.</summary>
    /// <param name="call">Its number.</param>
    /// <param name="writes">A read cannot be late, nor its answer differ from being lost.</param>
    /// <param name="movesHead">Whether it is a transaction over a book.</param>
    public (StorageFault Fault, TimeSpan Pause) At(long call, bool writes, bool movesHead)
    {
        var spell = new Random(Mix(seed, call / Spell));
        var (kind, every) = (spell.Next(3) == 0 ? StorageFault.None : Kinds[spell.Next(Kinds.Length)], spell.Next(8, 25));
        if (call % every != 0 || (kind == StorageFault.HeadMoved && !movesHead) || (kind is StorageFault.Late or StorageFault.DoneButInternalError && !writes))
        {
            return (StorageFault.None, TimeSpan.Zero);
        }

        var pause = new Random(Mix(seed, call)).NextDouble();
        return (kind, kind == StorageFault.Late ? TimeSpan.FromSeconds(0.5 + (3 * pause)) : TimeSpan.FromMilliseconds(20 + (400 * pause)));
    }

    /// <summary>One seed from two numbers, the same everywhere.</summary>
    public static int Mix(long first, long second) => unchecked((int)(((first * 6364136223846793005L) + (second * 1442695040888963407L) + 1) >> 24));
}
