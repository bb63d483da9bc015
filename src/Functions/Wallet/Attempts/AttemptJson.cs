using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Wallet.Attempts;

/// <summary>The inputs of a decision as they are kept. The hashes of payees and devices stay out: what they said is in the inputs.</summary>
internal static class AttemptJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutRings } },
    };

    public static string Write(SpendInputs inputs) => JsonSerializer.Serialize(inputs, Options);

    /// <exception cref="JsonException">It was not written by <see cref="Write"/>.</exception>
    public static SpendInputs Read(string text) => JsonSerializer.Deserialize<SpendInputs>(text, Options) ?? throw new JsonException("There are no inputs.");

    private static void WithoutRings(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].PropertyType == typeof(SeenRing))
            {
                type.Properties.RemoveAt(i);
            }
        }
    }
}
