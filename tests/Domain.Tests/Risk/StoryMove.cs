using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Domain.Tests.Risk;

/// <summary>Why somebody moves money. It alone says whether a move is good or bad; no rule was looked at.</summary>
internal enum Story
{
    /// <summary>Coffee, lunch, shopping, family, rent.</summary>
    OrdinaryLife,

    /// <summary>Everything that is paid in the hour after the salary came.</summary>
    SalaryDay,

    /// <summary>Strange shops at odd hours, sometimes from a borrowed tablet.</summary>
    Travel,

    /// <summary>A new telephone, and life goes on.</summary>
    NewPhone,

    /// <summary>A stranger has got in, and sends the money to himself.</summary>
    Takeover,

    /// <summary>The owner lent the account: other people's money passes through it.</summary>
    Mule,

    /// <summary>The owner was talked into paying a swindler.</summary>
    Scam,
}

/// <summary>One made-up move.</summary>
/// <param name="Person">Whose wallet; people are numbered.</param>
/// <param name="Class">The wallet's class.</param>
/// <param name="At">When.</param>
/// <param name="Amount">Fen.</param>
/// <param name="Payee">To whom, within the person's own world.</param>
/// <param name="Device">From what, within the person's own world.</param>
/// <param name="Story">Why.</param>
/// <param name="IsBad">The label: whether it should have been stopped.</param>
/// <param name="CanConfirm">Whether whoever makes the move can confirm it: a thief without the payment password cannot, an owner can.</param>
/// <param name="IsHabit">Made before the 2,000 moves, so that a wallet is not empty of habits; it is not scored.</param>
internal sealed record StoryMove(
    int Person, AccountClass Class, DateTimeOffset At, long Amount, string Payee, string Device, Story Story, bool IsBad, bool CanConfirm, bool IsHabit);
