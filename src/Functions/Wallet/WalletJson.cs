using System.Text.Json.Serialization;
using WalletFunctions.TopUps;

namespace WalletFunctions.Wallet;

/// <summary>The answers of the hot paths, known to the serialiser since the build: the first of each after a start needs no reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TransferHttp.TransferAnswer))]
[JsonSerializable(typeof(TransactionView))]
[JsonSerializable(typeof(TopUpView))]
[JsonSerializable(typeof(WalletHttp.WalletAnswer))]
internal sealed partial class WalletJson : JsonSerializerContext;
