namespace WalletFunctions.Bench;

/// <summary>One thing that is measured. Put a class that implements it into a file of its own; it is found by reflection.</summary>
internal interface IScenario
{
    /// <summary>The argument that runs it alone; scenarios run in the order of their names.</summary>
    string Name { get; }

    /// <summary>Measures and reports. Every figure goes beside a baseline that was measured in turn with it.</summary>
    Task RunAsync(BenchRun run);
}
