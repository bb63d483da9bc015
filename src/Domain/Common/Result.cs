using System.Diagnostics.CodeAnalysis;

namespace WalletFunctions.Domain;

/// <summary>A value or a refusal. A class, because the <c>default</c> of a struct would be neither.</summary>
/// <typeparam name="T">What there is when it went well.</typeparam>
public sealed class Result<T>
    where T : notnull
{
    private Result(T? value, DomainError? error) => (Value, Error) = (value, error);

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null;

    /// <summary>The value; null exactly when <see cref="Error"/> is not.</summary>
    public T? Value { get; }

    /// <summary>The refusal; null exactly when <see cref="Value"/> is not.</summary>
    public DomainError? Error { get; }

    /// <summary>A result that went well.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(DomainError error) => new(default, error);
}
