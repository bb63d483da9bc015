namespace Azure.Data.Tables;

/// <summary>Whether columns that are not in the entity stay (<see cref="Merge"/>) or go (<see cref="Replace"/>).</summary>
public enum TableUpdateMode
{
    Merge = 0,
    Replace = 1,
}
