using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// The fields of one message, in order: a layout states each field once, for both directions. Each method writes the given value and
/// returns it, or, where a message is read, ignores the value and returns the one that was read.
/// </summary>
internal readonly struct MessageFields
{
    private readonly MessageWriter? _writer;

    private readonly MessageReader? _reader;

    public MessageFields(MessageWriter writer) => _writer = writer;

    public MessageFields(MessageReader reader) => _reader = reader;

    public bool Flag(bool? value) => Field(value, static reader => reader.Flag(), static (writer, one) => writer.Flag(one));

    /// <summary>A number that is not negative and fits an <see cref="int"/>.</summary>
    public int Count(int? value) => Field(value, static reader => reader.Count(), static (writer, one) => writer.Count(one));

    /// <summary>A number that is not negative.</summary>
    public long Long(long? value) => Field(value, static reader => reader.Long(), static (writer, one) => writer.Count(one));

    public long Number(long? value) => Field(value, static reader => reader.Number(), static (writer, one) => writer.Number(one));

    public TimeSpan Time(TimeSpan? value) => Field(value, static reader => reader.Time(), static (writer, one) => writer.Time(one));

    public DateTimeOffset Date(DateTimeOffset? value) =>
        Field(value, static reader => reader.Date(), static (writer, one) => writer.Date(one));

    public T Enum<T>(T? value)
        where T : struct, Enum =>
        Field(value, static reader => reader.Enum<T>(), static (writer, one) => writer.Byte(Convert.ToByte(one, null)));

    /// <summary>The bytes at the end of the message; the last field.</summary>
    public ReadOnlyMemory<byte> Payload(ReadOnlyMemory<byte>? value) =>
        Field(value, static reader => reader.Payload(), static (writer, one) => writer.Payload(one));

    public byte[] Bytes(byte[]? value) => Field(value!, static reader => reader.Bytes(), static (writer, one) => writer.Bytes(one));

    public string Text(string? value) => Field(value!, static reader => reader.Text(), static (writer, one) => writer.Text(one));

    public string? TextOrNull(string? value) =>
        Field(value, static reader => reader.TextOrNull(), static (writer, one) => writer.Text(one));

    public IActorRef Ref(IActorRef? value) => Field(value!, static reader => reader.Ref(), static (writer, one) => writer.Ref(one));

    public IActorRef? RefOrNull(IActorRef? value) =>
        Field(value, static reader => reader.RefOrNull(), static (writer, one) => writer.Ref(one));

    public Address Address(Address? value) =>
        Field(value!, static reader => reader.Address(), static (writer, one) => writer.Text(one.ToString()));

    public IReadOnlyDictionary<string, string> Map(IReadOnlyDictionary<string, string>? value) =>
        Field(value!, static reader => reader.Map(), static (writer, one) => writer.Map(one));

    public TimeSpan? OptionalTime(TimeSpan? value) =>
        Field(value, static reader => reader.Optional(reader.Time), static (writer, one) => writer.Optional(one, writer.Time));

    public int? OptionalCount(int? value) => Field(
        value, static reader => reader.Optional(reader.Count), static (writer, one) => writer.Optional(one, count => writer.Count(count)));

    public long? OptionalLong(long? value) =>
        Field(value, static reader => reader.Optional(reader.Long), static (writer, one) => writer.Optional(one, writer.Count));

    public long? OptionalNumber(long? value) =>
        Field(value, static reader => reader.Optional(reader.Number), static (writer, one) => writer.Optional(one, writer.Number));

    /// <summary>A part with a layout of its own.</summary>
    public T Part<T>(T? value, Func<MessageFields, T?, T> layout) => layout(this, value);

    /// <summary>A part whose two directions are methods: a format that depends on the value.</summary>
    public T Part<T>(T? value, Action<MessageWriter, T> write, Func<MessageReader, T> read) => Field(value!, read, write);

    public IReadOnlyList<T> List<T>(IReadOnlyCollection<T>? values, Func<MessageFields, T?, T> layout)
    {
        if (_reader is { } reader)
        {
            return reader.List(() => layout(new MessageFields(reader), default));
        }

        var writer = _writer!; // Not null: one of the two is there.
        writer.List(values!, value => layout(new MessageFields(writer), value));
        return [.. values!];
    }

    /// <summary>The answers of nodes, in order.</summary>
    public IReadOnlyDictionary<Address, T> Nodes<T>(IReadOnlyDictionary<Address, T>? values, Func<MessageFields, T?, T> layout)
        where T : class =>
        List(
            values,
            (f, pair) => new KeyValuePair<Address, T>(f.Address(pair.Key), layout(f, pair.Value))).ToDictionary().AsReadOnly();

    private T Field<T>(T? value, Func<MessageReader, T> read, Action<MessageWriter, T> write)
        where T : struct =>
        Field(value.GetValueOrDefault(), read, write);

    private T Field<T>(T value, Func<MessageReader, T> read, Action<MessageWriter, T> write)
    {
        if (_reader is not null)
        {
            return read(_reader);
        }

        write(_writer!, value);
        return value;
    }
}
