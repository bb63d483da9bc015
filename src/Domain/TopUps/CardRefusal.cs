namespace WalletFunctions.Domain.TopUps;

/// <summary>Why a card does not pay, as far as a customer can do something about it.</summary>
public enum CardRefusal
{
    /// <summary>The card's bank said no, and not why.</summary>
    CardDeclined,

    /// <summary>There is not enough money on the card.</summary>
    CardInsufficientFunds,

    /// <summary>The card has expired, or its details have changed: it must be bound anew.</summary>
    CardDetailsOutdated,
}

/// <summary>Cards' refusals by their stable codes.</summary>
public static class CardRefusals
{
    /// <summary>The code that customers see.</summary>
    public static string CodeOf(CardRefusal refusal) => refusal switch
    {
        CardRefusal.CardDeclined => "card_declined",
        CardRefusal.CardInsufficientFunds => "card_insufficient_funds",
        CardRefusal.CardDetailsOutdated => "card_details_outdated",
    };

    /// <summary>What an acquirer's reason means. A reason that we do not know is a card that was declined.</summary>
    public static CardRefusal Of(string? reason) => reason switch
    {
        "card_insufficient_funds" => CardRefusal.CardInsufficientFunds,
        "card_details_outdated" => CardRefusal.CardDetailsOutdated,
        _ => CardRefusal.CardDeclined,
    };
}
