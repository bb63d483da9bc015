namespace WalletFunctions.Domain.Risk;

/// <summary>How the customer has proved consent to this very move. The numbers are stored.</summary>
public enum Confirmation
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>By a one-time code.</summary>
    Code = 1,

    /// <summary>By the payment password.</summary>
    PaymentPassword = 2,

    /// <summary>By a device's key.</summary>
    DeviceKey = 3,
}
