namespace Azure.Data.Tables;

/// <summary>The answer to "get it if it exists", when it does not.</summary>
internal sealed class AbsentResponse<T>(Response response) : NullableResponse<T>
{
    public override bool HasValue => false;

    public override T Value => throw new InvalidOperationException($"There is no value: the service answered {response.Status}.");

    public override Response GetRawResponse() => response;
}
