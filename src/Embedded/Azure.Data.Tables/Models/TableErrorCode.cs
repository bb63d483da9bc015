using System.ComponentModel;

namespace Azure.Data.Tables.Models;

/// <summary>What <see cref="RequestFailedException.ErrorCode"/> is compared with. Source: learn.microsoft.com/rest/api/storageservices/table-service-error-codes.</summary>
public readonly struct TableErrorCode : IEquatable<TableErrorCode>
{
    private readonly string _value;

    public TableErrorCode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    public static TableErrorCode AuthorizationPermissionMismatch { get; } = new("AuthorizationPermissionMismatch");
    public static TableErrorCode AuthorizationResourceTypeMismatch { get; } = new("AuthorizationResourceTypeMismatch");
    public static TableErrorCode CommandsInBatchActOnDifferentPartitions { get; } = new("CommandsInBatchActOnDifferentPartitions");
    public static TableErrorCode ContentLengthExceeded { get; } = new("ContentLengthExceeded");
    public static TableErrorCode DuplicatePropertiesSpecified { get; } = new("DuplicatePropertiesSpecified");
    public static TableErrorCode EntityAlreadyExists { get; } = new("EntityAlreadyExists");
    public static TableErrorCode EntityNotFound { get; } = new("EntityNotFound");
    public static TableErrorCode EntityTooLarge { get; } = new("EntityTooLarge");
    public static TableErrorCode Forbidden { get; } = new("Forbidden");
    public static TableErrorCode InvalidDuplicateRow { get; } = new("InvalidDuplicateRow");
    public static TableErrorCode InvalidInput { get; } = new("InvalidInput");
    public static TableErrorCode InvalidValueType { get; } = new("InvalidValueType");
    public static TableErrorCode JsonFormatNotSupported { get; } = new("JsonFormatNotSupported");
    public static TableErrorCode KeyValueTooLarge { get; } = new("KeyValueTooLarge");
    public static TableErrorCode MethodNotAllowed { get; } = new("MethodNotAllowed");
    public static TableErrorCode NotImplemented { get; } = new("NotImplemented");
    public static TableErrorCode OperationTimedOut { get; } = new("OperationTimedOut");
    public static TableErrorCode OutOfRangeInput { get; } = new("OutOfRangeInput");
    public static TableErrorCode PropertiesNeedValue { get; } = new("PropertiesNeedValue");
    public static TableErrorCode PropertyNameInvalid { get; } = new("PropertyNameInvalid");
    public static TableErrorCode PropertyNameTooLong { get; } = new("PropertyNameTooLong");
    public static TableErrorCode PropertyValueTooLarge { get; } = new("PropertyValueTooLarge");
    public static TableErrorCode ResourceNotFound { get; } = new("ResourceNotFound");
    public static TableErrorCode TableAlreadyExists { get; } = new("TableAlreadyExists");
    public static TableErrorCode TableBeingDeleted { get; } = new("TableBeingDeleted");
    public static TableErrorCode TableNotFound { get; } = new("TableNotFound");
    public static TableErrorCode TooManyProperties { get; } = new("TooManyProperties");
    public static TableErrorCode UpdateConditionNotSatisfied { get; } = new("UpdateConditionNotSatisfied");

    public static bool operator ==(TableErrorCode left, TableErrorCode right) => left.Equals(right);

    public static bool operator !=(TableErrorCode left, TableErrorCode right) => !left.Equals(right);

    /// <exception cref="ArgumentNullException">It is null, as the code of a failure may be: compare texts where that can be.</exception>
    public static implicit operator TableErrorCode(string value) => new(value);

    public bool Equals(TableErrorCode other) => string.Equals(_value, other._value, StringComparison.OrdinalIgnoreCase);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override bool Equals(object obj) => obj is TableErrorCode other && Equals(other);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override int GetHashCode() => _value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(_value);

    public override string ToString() => _value;
}
