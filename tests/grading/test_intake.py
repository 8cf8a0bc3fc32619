"""Whose notebook it is, in whichever form a class hands in."""

import zipfile

import pytest

from softmax_edu.grading import intake
from softmax_edu.grading.intake import collect

NAME = "ex1_softmax"


def write(folder, *paths):
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())


def pack(folder, *paths, data=None):
    with zipfile.ZipFile(folder / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.writestr(path, data or path)
    return folder / "class.zip"


def students(place):
    return {s.student: s.problem or s.data.decode() for s in collect(place, NAME)[0]}


LAYOUTS = {
    f"ada/{NAME}/{NAME}.ipynb": "ada",
    f"ada/{NAME}/Untitled.ipynb": "ada",
    f"ada_{NAME}.ipynb": "ada",
    f"{NAME}_ada.ipynb": "ada",
    f"{NAME}-ada.lovelace.ipynb": "ada.lovelace",
    f"ada/{NAME}.ipynb": "ada",
    "ada.ipynb": "ada",
    "ADA.IPYNB": "ADA",
    f"ada_{NAME} (1).ipynb": "ada",
    f"lovelaceada_4711_99_{NAME}.ipynb": "lovelaceada",
    f"lovelaceada_LATE_4711_99_{NAME}-2.ipynb": "lovelaceada",
    f"Ada Lovelace_4711_assignsubmission_file_/{NAME}.ipynb": "Ada_Lovelace",
    "Zoë Šimić_4712_assignsubmission_file_/homework.ipynb": "Zoë_Šimić",
}


@pytest.mark.parametrize("path", LAYOUTS)
def test_a_folder_says_who_it_was(tmp_path, path):
    write(tmp_path, path)
    assert students(tmp_path) == {LAYOUTS[path]: path}


@pytest.mark.parametrize("path", LAYOUTS)
def test_a_zip_says_who_it_was(tmp_path, path):
    assert students(pack(tmp_path, path)) == {LAYOUTS[path]: path}


def test_other_assignments_and_checkpoints_are_passed_over(tmp_path):
    write(
        tmp_path,
        f"ada/{NAME}/{NAME}.ipynb",
        "ada/ex2_two_classes/ex2_two_classes.ipynb",
        f"ada/{NAME}/.ipynb_checkpoints/{NAME}-checkpoint.ipynb",
        f"ada/{NAME}/notes.txt",
    )
    assert students(tmp_path) == {"ada": f"ada/{NAME}/{NAME}.ipynb"}


def test_of_two_notebooks_the_one_with_the_right_name_counts(tmp_path):
    write(tmp_path, f"ada/{NAME}/{NAME}.ipynb", f"ada/{NAME}/Untitled.ipynb")
    assert students(tmp_path) == {"ada": f"ada/{NAME}/{NAME}.ipynb"}


def test_two_notebooks_that_could_both_be_it_are_not_guessed(tmp_path):
    write(tmp_path, f"ada/{NAME}/one.ipynb", f"ada/{NAME}/two.ipynb", f"bob/{NAME}/bob.ipynb")
    found = students(tmp_path)
    assert found["ada"] == "several notebooks: one.ipynb, two.ipynb"
    assert found["bob"] == f"bob/{NAME}/bob.ipynb"


def test_a_folder_without_a_notebook_is_not_forgotten(tmp_path):
    write(tmp_path, f"ada/{NAME}/answer.pdf", f"bob/{NAME}/{NAME}.ipynb")
    (tmp_path / "eve" / NAME).mkdir(parents=True)
    found = students(tmp_path)
    assert found["ada"] == "there is no notebook, but answer.pdf"
    assert found["eve"] == "no notebook is there"


def test_a_file_that_says_no_student_is_named(tmp_path):
    write(tmp_path, f"ada_{NAME}.ipynb", f"{NAME}.ipynb", f"{NAME} (1).ipynb", "homework.txt")
    write(tmp_path, ".DS_Store", "__MACOSX/x.ipynb", f"ada/{NAME}/timestamp.txt")
    found, passed_over = collect(tmp_path, NAME)
    assert [s.student for s in found] == ["ada"]
    assert sorted(passed_over) == [
        str(tmp_path / name) for name in (f"{NAME} (1).ipynb", f"{NAME}.ipynb", "homework.txt")
    ]


def test_a_link_is_not_followed(tmp_path):
    write(tmp_path, "secret.txt")
    write(tmp_path / "class", f"bob/{NAME}/{NAME}.ipynb")
    (tmp_path / "class" / "ada" / NAME).mkdir(parents=True)
    (tmp_path / "class" / "ada" / NAME / f"{NAME}.ipynb").symlink_to(tmp_path / "secret.txt")
    found = students(tmp_path / "class")
    assert found["ada"] == "the file is a link"
    assert found["bob"].startswith("bob")


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    write(tmp_path / "secret", f"{NAME}/{NAME}.ipynb")
    write(tmp_path / "class", f"bob/{NAME}/{NAME}.ipynb")
    (tmp_path / "class" / "ada").symlink_to(tmp_path / "secret")
    assert f"secret/{NAME}" not in str(students(tmp_path / "class").get("ada", ""))


def test_a_path_out_of_a_zip_is_refused_and_the_others_are_read(tmp_path):
    place = pack(tmp_path, f"../../eve/{NAME}/{NAME}.ipynb", f"bob/{NAME}/{NAME}.ipynb")
    found = students(place)
    assert "leads out of the zip" in found["eve"]
    assert found["bob"] == f"bob/{NAME}/{NAME}.ipynb"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.zip"]


def test_a_zip_bomb_is_refused(tmp_path):
    place = pack(tmp_path, f"eve/{NAME}/{NAME}.ipynb", data=bytes(intake.LARGEST + 1))
    assert place.stat().st_size < 100_000
    assert "larger than" in students(place)["eve"]


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    place = pack(tmp_path, f"eve/{NAME}/{NAME}.ipynb", data=bytes(1000))
    monkeypatch.setattr(intake, "LARGEST", 500)
    original = zipfile.ZipFile.infolist

    def lying(archive):
        for info in original(archive):
            info.file_size = 10
            yield info

    monkeypatch.setattr(zipfile.ZipFile, "infolist", lying)
    assert students(place)["eve"]
    assert not collect(place, NAME)[0][0].data


def test_a_place_that_does_not_exist_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no"):
        collect(tmp_path / "nowhere", NAME)


def test_a_file_that_is_no_zip_says_so(tmp_path):
    write(tmp_path, "class.rar")
    with pytest.raises(ValueError, match="neither a folder nor a zip"):
        collect(tmp_path / "class.rar", NAME)
