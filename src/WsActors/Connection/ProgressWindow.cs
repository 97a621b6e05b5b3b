namespace WsActors.Connection;

/// <summary>
/// Whether what has begun goes on: a window opens with it, and a new one whenever enough has come. What comes beyond that is not saved
/// up: a fast beginning must not buy a long rest, for the rate is the least at any time, not an average. So a rest is noticed one
/// window after the last that was filled. Owned by its connection's clocks.
/// </summary>
internal struct ProgressWindow
{
    /// <summary>Bytes of the current window. What turns out to be no part of it is taken off.</summary>
    private long _bytes;

    /// <summary>The start of the current window; null while no frame or message is open.</summary>
    public TimeSpan? Since { get; private set; }

    /// <summary>Bytes came.</summary>
    /// <param name="mark">The time.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="enough">How many fill a window.</param>
    /// <param name="isOpen">Whether something is open behind them.</param>
    /// <param name="isNext">Whether what was open before ended in them.</param>
    public void OnBytes(TimeSpan mark, int bytes, double enough, bool isOpen, bool isNext)
    {
        _bytes += bytes;
        if (!isOpen)
        {
            Since = null;
        }
        else if (Since is null || isNext || (bytes > 0 && _bytes >= enough))
        {
            (Since, _bytes) = (mark, 0);
        }
    }

    /// <summary>The clock stood still for so long.</summary>
    public void Shift(TimeSpan stood) => Since += stood;
}
