namespace MailKit.Search;

public enum SortOrder
{
    None,
    Ascending,
    Descending,
}
