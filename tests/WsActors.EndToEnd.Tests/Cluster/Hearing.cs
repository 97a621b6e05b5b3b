namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>The numbers of one person as another received them, in order.</summary>
internal sealed class Hearing
{
    private readonly Lock _lock = new();

    private readonly List<int> _numbers = [];

    /// <summary>All, in the order of their arrival.</summary>
    public int[] Numbers
    {
        get
        {
            lock (_lock)
            {
                return [.. _numbers];
            }
        }
    }

    /// <summary>The latest; 0 before the first.</summary>
    public int Last => Numbers is [.., var last] ? last : 0;

    public void Add(int number)
    {
        lock (_lock)
        {
            _numbers.Add(number);
        }
    }
}
