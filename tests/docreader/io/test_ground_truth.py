"""Forms of labels.csv, and the lines that its errors name."""

import pytest

from docreader.errors import LabelsError
from docreader.io.ground_truth import TruthColumn, read_corrections, read_ground_truth


@pytest.fixture
def write(tmp_path):
    def make(content):
        path = tmp_path / "labels.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def test_a_label_and_its_row(write, tmp_path):
    labels = read_ground_truth(write('file,label,note\nimages/a.png, 60 ,"x, y"\nb.png,7,\n'))
    first, second = labels.items
    assert (first.file, first.truth, first.line, first.page) == ("images/a.png", "60", 2, 1)
    assert first.path == tmp_path / "images/a.png"
    assert first.row["note"] == "x, y"
    assert second.line == 3
    assert labels.columns == ("file", "label", "note")
    assert labels.column is TruthColumn.LABEL


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1234.50", "1234.5"),
        ("1234", "1234"),
        ("0.10", "0.1"),
        ("100.00", "100"),
        ("1e3", "1000"),
        ("-500.00", "-500"),
    ],
)
def test_amounts_have_one_form(write, text, plain):
    labels = read_ground_truth(write(f"file,amount\na.png,{text}\n"))
    assert labels.items[0].truth == plain
    assert labels.column is TruthColumn.AMOUNT


def test_which_column_counts(write):
    both = write("file,amount,label\na.png,1.00,1\n")
    assert read_ground_truth(both).column is TruthColumn.LABEL
    assert read_ground_truth(both, preferred=TruthColumn.AMOUNT).column is TruthColumn.AMOUNT
    assert read_ground_truth(both, TruthColumn.LABEL, TruthColumn.AMOUNT).column is TruthColumn.LABEL
    assert (
        read_ground_truth(write("file,label\na.png,1\n"), preferred=TruthColumn.AMOUNT).column
        is TruthColumn.LABEL
    )
    assert (
        read_ground_truth(write("file,amount\na.png,1\n"), preferred=TruthColumn.LABEL).column
        is TruthColumn.AMOUNT
    )


@pytest.mark.parametrize(
    "content", ["\ufefffile,label\r\na.png,1\r\n", "file,label\n\na.png,1", 'file,label\n"a.png","1"']
)
def test_forms_of_csv(write, content):
    assert [item.file for item in read_ground_truth(write(content)).items] == ["a.png"]


def test_pages(write):
    labels = read_ground_truth(write("file,label,page\na.tif,1,1\na.tif,2,2\nb.tif,3,\n"))
    assert [item.page for item in labels.items] == [1, 2, 1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n", "is empty"),
        ("file,label\n", "no rows"),
        ("name,label\na,1\n", r"line 1: there is no column 'file' in the header \(name, label\)"),
        ("file,text\na,1\n", r"line 1: there is no column 'label'"),
        ("file;label\na;1\n", r"separate the columns by commas"),
        ("file,label,file\na,1,b\n", r"line 1: the column 'file' occurs twice"),
        ("file,label\na.png,1\nb.png,\n", r"line 3: the column 'label' of 'b.png' is empty"),
        ("file,label\na.png,1\n,2\n", r"line 3: the column 'file' is empty"),
        ("file,label\na.png,1\nb.png,1,234\n", r"line 3: 3 cells, but the header has 2"),
        ("file,label\na.png\n", r"line 2: 1 cells"),
        ("file,label\na.png,1\nb.png,2\na.png,1\n", r"line 4: 'a.png' was labeled in line 2 already"),
        (b"file,label\na.png,1\nb\xe9.png,2\n", r"line 3: byte 0xe9 is not UTF-8"),
        ("file,label\na,1\n".encode("utf-16"), r"line 1: byte 0xff is not UTF-8"),
        ('file,label\na.png,"1\n', r"line 2"),
        ('file,amount\na.png,"1,234.00"\n', r"line 2: '1,234.00' is not an amount"),
        ("file,amount\na.png,nan\n", r"line 2: 'nan' is not an amount"),
        ("file,label,page\na.png,1,0\n", r"line 2: '0' is not a page number"),
        ("file,label,page\na.png,1,x\n", r"line 2: 'x' is not a page number"),
    ],
)
def test_errors_name_file_and_line(write, content, message):
    path = write(content)
    with pytest.raises(LabelsError, match=message) as caught:
        read_ground_truth(path)
    assert str(path) in str(caught.value)


def test_a_cell_over_two_lines_is_counted_as_such(write):
    with pytest.raises(LabelsError, match=r"line 4"):
        read_ground_truth(write('file,label,note\na.png,1,"two\nlines"\nb.png,,\n'))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(LabelsError, match="No such file"):
        read_ground_truth(tmp_path / "no.csv")
    with pytest.raises(LabelsError, match="is a folder or a device"):
        read_ground_truth(tmp_path)


def test_corrections(write):
    found = read_corrections(write("file,label,reason\na.png,7,a 1 typed as 7\n"), TruthColumn.LABEL)
    assert (found["a.png"].truth, found["a.png"].reason) == ("7", "a 1 typed as 7")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,label\na.png,7\n", "no column 'reason'"),
        ("file,label,reason\na.png,7,\n", "line 2: the correction of 'a.png' gives no reason"),
        ("file,label,reason\na.png,7,x\na.png,8,y\n", "line 3: 'a.png' was corrected in line 2 already"),
    ],
)
def test_corrections_that_cannot_be_used(write, content, message):
    with pytest.raises(LabelsError, match=message):
        read_corrections(write(content), TruthColumn.LABEL)
