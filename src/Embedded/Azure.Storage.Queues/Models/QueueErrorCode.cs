using System.ComponentModel;

namespace Azure.Storage.Queues.Models;

/// <summary>What <see cref="RequestFailedException.ErrorCode"/> is compared with. Source: learn.microsoft.com/rest/api/storageservices/queue-service-error-codes.</summary>
public readonly struct QueueErrorCode : IEquatable<QueueErrorCode>
{
    private readonly string _value;

    public QueueErrorCode(string value) => _value = value;

    public static QueueErrorCode AuthenticationFailed { get; } = new("AuthenticationFailed");
    public static QueueErrorCode AuthorizationFailure { get; } = new("AuthorizationFailure");
    public static QueueErrorCode InternalError { get; } = new("InternalError");
    public static QueueErrorCode InvalidInput { get; } = new("InvalidInput");
    public static QueueErrorCode InvalidMarker { get; } = new("InvalidMarker");
    public static QueueErrorCode InvalidQueryParameterValue { get; } = new("InvalidQueryParameterValue");
    public static QueueErrorCode InvalidResourceName { get; } = new("InvalidResourceName");
    public static QueueErrorCode InvalidXmlDocument { get; } = new("InvalidXmlDocument");
    public static QueueErrorCode MessageNotFound { get; } = new("MessageNotFound");
    public static QueueErrorCode MessageTooLarge { get; } = new("MessageTooLarge");
    public static QueueErrorCode OperationTimedOut { get; } = new("OperationTimedOut");
    public static QueueErrorCode OutOfRangeInput { get; } = new("OutOfRangeInput");
    public static QueueErrorCode OutOfRangeQueryParameterValue { get; } = new("OutOfRangeQueryParameterValue");
    public static QueueErrorCode PopReceiptMismatch { get; } = new("PopReceiptMismatch");
    public static QueueErrorCode QueueAlreadyExists { get; } = new("QueueAlreadyExists");
    public static QueueErrorCode QueueBeingDeleted { get; } = new("QueueBeingDeleted");
    public static QueueErrorCode QueueDisabled { get; } = new("QueueDisabled");
    public static QueueErrorCode QueueNotEmpty { get; } = new("QueueNotEmpty");
    public static QueueErrorCode QueueNotFound { get; } = new("QueueNotFound");
    public static QueueErrorCode RequestBodyTooLarge { get; } = new("RequestBodyTooLarge");
    public static QueueErrorCode ServerBusy { get; } = new("ServerBusy");

    public static bool operator ==(QueueErrorCode left, QueueErrorCode right) => left.Equals(right);

    public static bool operator !=(QueueErrorCode left, QueueErrorCode right) => !left.Equals(right);

    public static implicit operator QueueErrorCode(string value) => new(value);

    public bool Equals(QueueErrorCode other) => string.Equals(_value, other._value, StringComparison.OrdinalIgnoreCase);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override bool Equals(object obj) => obj is QueueErrorCode other && Equals(other);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override int GetHashCode() => _value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(_value);

    public override string ToString() => _value;
}
