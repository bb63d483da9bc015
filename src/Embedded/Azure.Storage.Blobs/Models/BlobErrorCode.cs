using System.ComponentModel;

namespace Azure.Storage.Blobs.Models;

/// <summary>What <see cref="RequestFailedException.ErrorCode"/> is compared with. Source: learn.microsoft.com/rest/api/storageservices/blob-service-error-codes.</summary>
public readonly struct BlobErrorCode : IEquatable<BlobErrorCode>
{
    private readonly string _value;

    public BlobErrorCode(string value) => _value = value;

    public static BlobErrorCode AuthenticationFailed { get; } = new("AuthenticationFailed");
    public static BlobErrorCode AuthorizationFailure { get; } = new("AuthorizationFailure");
    public static BlobErrorCode BlobAlreadyExists { get; } = new("BlobAlreadyExists");
    public static BlobErrorCode BlobImmutableDueToPolicy { get; } = new("BlobImmutableDueToPolicy");
    public static BlobErrorCode BlobNotFound { get; } = new("BlobNotFound");
    public static BlobErrorCode ConditionNotMet { get; } = new("ConditionNotMet");
    public static BlobErrorCode ContainerAlreadyExists { get; } = new("ContainerAlreadyExists");
    public static BlobErrorCode ContainerBeingDeleted { get; } = new("ContainerBeingDeleted");
    public static BlobErrorCode ContainerNotFound { get; } = new("ContainerNotFound");
    public static BlobErrorCode InternalError { get; } = new("InternalError");
    public static BlobErrorCode InvalidBlockList { get; } = new("InvalidBlockList");
    public static BlobErrorCode InvalidInput { get; } = new("InvalidInput");
    public static BlobErrorCode InvalidRange { get; } = new("InvalidRange");
    public static BlobErrorCode InvalidResourceName { get; } = new("InvalidResourceName");
    public static BlobErrorCode LeaseAlreadyPresent { get; } = new("LeaseAlreadyPresent");
    public static BlobErrorCode LeaseIdMismatchWithBlobOperation { get; } = new("LeaseIdMismatchWithBlobOperation");
    public static BlobErrorCode LeaseIdMismatchWithContainerOperation { get; } = new("LeaseIdMismatchWithContainerOperation");
    public static BlobErrorCode LeaseIdMismatchWithLeaseOperation { get; } = new("LeaseIdMismatchWithLeaseOperation");
    public static BlobErrorCode LeaseIdMissing { get; } = new("LeaseIdMissing");
    public static BlobErrorCode LeaseIsBreakingAndCannotBeAcquired { get; } = new("LeaseIsBreakingAndCannotBeAcquired");
    public static BlobErrorCode LeaseLost { get; } = new("LeaseLost");
    public static BlobErrorCode LeaseNotPresentWithBlobOperation { get; } = new("LeaseNotPresentWithBlobOperation");
    public static BlobErrorCode LeaseNotPresentWithLeaseOperation { get; } = new("LeaseNotPresentWithLeaseOperation");
    public static BlobErrorCode OperationTimedOut { get; } = new("OperationTimedOut");
    public static BlobErrorCode RequestBodyTooLarge { get; } = new("RequestBodyTooLarge");
    public static BlobErrorCode ResourceNotFound { get; } = new("ResourceNotFound");
    public static BlobErrorCode ServerBusy { get; } = new("ServerBusy");

    public static bool operator ==(BlobErrorCode left, BlobErrorCode right) => left.Equals(right);

    public static bool operator !=(BlobErrorCode left, BlobErrorCode right) => !left.Equals(right);

    public static implicit operator BlobErrorCode(string value) => new(value);

    public bool Equals(BlobErrorCode other) => string.Equals(_value, other._value, StringComparison.OrdinalIgnoreCase);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override bool Equals(object obj) => obj is BlobErrorCode other && Equals(other);

    [EditorBrowsable(EditorBrowsableState.Never)]
    public override int GetHashCode() => _value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(_value);

    public override string ToString() => _value;
}
